import { SidecarError } from '../errors.ts'
import { backOffMs } from './back-off.ts'
import type { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import { resultOf } from './events.ts'
import type { Throttle } from './throttle.ts'

/** When one holder may ask for a token again, and what to tell until then. */
export interface Outlook {
  /** From when on an attempt may be made that leaves `reserve` of the budget; not later than now when that is now. */
  clearAt(reserve: number): number
  /** The error for whoever asks before. */
  refusal(reserve: number): SidecarError
  /** The failure of the last attempt, unless it succeeded. */
  trouble(): SidecarError | undefined
  succeeded(): void
  failed(error: SidecarError): void
  /** Ends the waiting that is our own choice: not what the bank, or those who ask it with us, told, nor what the budget says. */
  cutShort(): void
}

export interface OutlookOptions {
  readonly clock: Pick<Clock, 'now' | 'random'>
  /** Shared by all holders of the environment. */
  readonly budget: Budget
  readonly throttle: Throttle
}

export function createOutlook({ clock, budget, throttle }: OutlookOptions): Outlook {
  let trouble: SidecarError | undefined
  let inARow = 0
  let ownUntil = Number.NEGATIVE_INFINITY
  let toldUntil = Number.NEGATIVE_INFINITY

  function clearAt(reserve: number): number {
    return Math.max(ownUntil, throttle.until(), budget.freeAt(reserve))
  }

  return {
    clearAt,
    trouble: () => trouble,
    refusal(reserve) {
      const now = clock.now()
      const cause = trouble ?? throttle.trouble() ?? budget.spent
      const retryAfterSeconds = Math.max(1, Math.ceil((clearAt(reserve) - now) / 1000))
      return new SidecarError(cause.code, cause.message, { cause, retryAfterSeconds })
    },
    succeeded() {
      trouble = undefined
      inARow = 0
      ownUntil = Number.NEGATIVE_INFINITY
      throttle.passed()
    },
    failed(error) {
      const kind = resultOf(error)
      inARow = trouble !== undefined && resultOf(trouble) === kind ? inARow + 1 : 0
      trouble = error
      if (kind === 'throttled') {
        throttle.heard(error)
        return
      }
      const seconds = error.retryAfterSeconds
      const retryAfterMs = seconds === undefined ? undefined : seconds * 1000
      const now = clock.now()
      toldUntil = now + (retryAfterMs ?? 0)
      ownUntil = now + backOffMs({ kind, before: inARow, retryAfterMs, random: clock.random })
    },
    cutShort() {
      ownUntil = Math.min(ownUntil, toldUntil)
    },
  }
}
