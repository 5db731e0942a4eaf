import type { SidecarError } from '../errors.ts'
import { backOffMs } from './back-off.ts'
import type { Clock } from './clock.ts'

/** What a 429 means for every holder of an environment: the bank counts per IP address, not per user. */
export interface Throttle {
  /** Before this moment nobody asks; in the past when nothing is known. */
  until(): number
  /** The last 429, while it holds. */
  trouble(): SidecarError | undefined
  heard(error: SidecarError): void
  /** A token request went through. */
  passed(): void
}

export function createThrottle(clock: Pick<Clock, 'now' | 'random'>): Throttle {
  let until = Number.NEGATIVE_INFINITY
  let last: SidecarError | undefined
  let inARow = 0
  return {
    until: () => until,
    trouble: () => (until > clock.now() ? last : undefined),
    heard(error) {
      const now = clock.now()
      const seconds = error.retryAfterSeconds
      const retryAfterMs = seconds === undefined ? undefined : seconds * 1000
      // Two requests that were under way at once were throttled once.
      if (until <= now) inARow++
      const before = Math.max(0, inARow - 1)
      const delayMs = backOffMs({ kind: 'throttled', before, retryAfterMs, random: clock.random })
      until = Math.max(until, now + delayMs)
      last = error
    },
    passed() {
      inARow = 0
    },
  }
}
