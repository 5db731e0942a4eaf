import type { Socket } from 'node:net'

export interface Failing {
  /** Why the origin cannot be reached, while requests that wait for it are told. */
  get(origin: string): Error | undefined
  /** An open connection to the origin. */
  count(origin: string, socket: Socket): void
  /** Tells a failed attempt. */
  during(origin: string, error: Error, tell: () => void): void
}

/**
 * Lets a failed attempt to connect fail every request that waits for a connection to the same origin, if none is open.
 * undici would try again for each of them, one after the other: with a bank that does not answer, the last one
 * would wait many times the connect time-out. It does so within the callback that it is told of the failure by.
 */
export function createFailing(): Failing {
  const open = new Map<string, number>()
  const failures = new Map<string, Error>()

  function add(origin: string, difference: number): void {
    const count = (open.get(origin) ?? 0) + difference
    if (count === 0) open.delete(origin)
    else open.set(origin, count)
  }

  return {
    get: (origin) => failures.get(origin),
    count(origin, socket) {
      add(origin, 1)
      socket.on('close', () => add(origin, -1))
    },
    during(origin, error, tell) {
      if (!open.has(origin)) failures.set(origin, error)
      try {
        tell()
      } finally {
        failures.delete(origin)
      }
    },
  }
}
