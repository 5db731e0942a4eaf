import { latencySteps, stepOf } from './latency-scale.ts'

/** What happened within some seconds. */
export interface Tally {
  requests: number
  failures: number
  readonly latency: number[]
}

export interface Ring {
  add(second: number, durationMs: number, failed: boolean): void
  /** Of the seconds from `first`, `count` of them. */
  sum(first: number, count: number): Tally
}

const requestsAt = 0
const failuresAt = 1
const latencyAt = 2
const width = latencyAt + latencySteps

/** Counts for each of the last seconds, in one block of memory that never grows: about 100 KB for five minutes. */
export function createRing(seconds: number): Ring {
  const counts = new Uint32Array(seconds * width)
  const heldSecond = new Float64Array(seconds).fill(-1)

  function add(second: number, durationMs: number, failed: boolean): void {
    const slot = second % seconds
    const start = slot * width
    if (heldSecond[slot] !== second) {
      counts.fill(0, start, start + width)
      heldSecond[slot] = second
    }
    increment(start + requestsAt)
    increment(start + latencyAt + stepOf(durationMs))
    if (failed) increment(start + failuresAt)
  }

  function increment(index: number): void {
    counts[index] = Number(counts[index]) + 1
  }

  function sum(first: number, count: number): Tally {
    const tally: Tally = { requests: 0, failures: 0, latency: Array.from({ length: latencySteps }, () => 0) }
    for (let second = Math.max(0, first); second < first + count; second++) {
      const slot = second % seconds
      if (heldSecond[slot] === second) addSlot(tally, counts.subarray(slot * width, (slot + 1) * width))
    }
    return tally
  }

  return { add, sum }
}

function addSlot(tally: Tally, slot: Uint32Array): void {
  tally.requests += Number(slot[requestsAt])
  tally.failures += Number(slot[failuresAt])
  slot.subarray(latencyAt).forEach((count, index) => {
    tally.latency[index] = Number(tally.latency[index]) + count
  })
}
