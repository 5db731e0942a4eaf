import { SidecarError } from '../errors.ts'
import type { Clock } from './clock.ts'

const windowMs = 60_000

export interface Budget {
  /** Takes one request; call what it returns when the request has ended. Throws when the budget is spent. */
  take(): () => void
  readonly remaining: () => number
  /** From when on one request can be taken that leaves `reserve` more; in the past when that is now. */
  freeAt(reserve: number): number
  /** What to tell when it is spent. */
  readonly spent: SidecarError
}

interface Taken {
  endedAt: number | undefined
}

/**
 * The most token requests in any minute. The bank saw each of them at some moment between its start and its end, so it counts
 * until a minute after its end: whichever minute the bank looks at, it holds no more.
 */
export function createBudget(options: {
  readonly requestsPerMinute: number
  readonly clock: Pick<Clock, 'now'>
}): Budget {
  const { requestsPerMinute, clock } = options
  let taken: readonly Taken[] = []
  const spent = new SidecarError(
    'token_unavailable',
    `the ${requestsPerMinute} token requests that BC_TOKEN_REQUESTS_PER_MINUTE allows are spent`,
  )

  function forget(now: number): void {
    taken = taken.filter(({ endedAt }) => endedAt === undefined || endedAt + windowMs > now)
  }

  function freeAt(reserve: number): number {
    const now = clock.now()
    forget(now)
    const allowed = Math.max(1, requestsPerMinute - reserve)
    const tooMany = taken.length - allowed
    if (tooMany < 0) return now
    const ends = taken.map(({ endedAt = now }) => endedAt).sort((a, b) => a - b)
    return Math.min(...ends.slice(tooMany)) + windowMs
  }

  return {
    spent,
    freeAt,
    take() {
      if (freeAt(0) > clock.now()) throw spent
      const one: Taken = { endedAt: undefined }
      taken = [...taken, one]
      return () => {
        one.endedAt ??= clock.now()
      }
    },
    remaining() {
      forget(clock.now())
      return requestsPerMinute - taken.length
    },
  }
}
