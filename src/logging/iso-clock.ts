/** ISO 8601 with milliseconds, in UTC. Only a new second is worth a `Date`: lines come by the thousand. */
export function createIsoClock(wallNow: () => number): () => string {
  let second = Number.NaN
  let upToSecond = ''
  return () => {
    const now = Math.floor(wallNow())
    const milliseconds = now % 1000
    const current = now - milliseconds
    if (current !== second) {
      second = current
      upToSecond = new Date(current).toISOString().slice(0, -4)
    }
    return `${upToSecond}${String(milliseconds).padStart(3, '0')}Z`
  }
}
