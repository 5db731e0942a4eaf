import { SidecarError } from '../errors.ts'
import type { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import { type RequestResult, resultOf } from './events.ts'
import { tooLate } from './request-failure.ts'
import type { Obtain, ObtainedToken } from './token.ts'

export interface BankObtainOptions {
  readonly request: (signal: AbortSignal) => Promise<ObtainedToken>
  readonly budget: Pick<Budget, 'take'>
  readonly clock: Pick<Clock, 'now' | 'schedule'>
  readonly timeoutMs: number
  readonly count: (result: RequestResult, durationMs: number) => void
}

/** Obtains tokens from the bank itself: no request but within budget and time, and each is counted. */
export function obtainFromBank(options: BankObtainOptions): Obtain {
  const { request, budget, clock, timeoutMs, count } = options
  return async (signal) => {
    const giveBack = budget.take()
    const startedAt = clock.now()
    const late = new AbortController()
    const stopTimer = clock.schedule(() => late.abort(tooLate(timeoutMs)), timeoutMs)
    const end = (result: RequestResult) => {
      stopTimer()
      giveBack()
      count(result, clock.now() - startedAt)
    }
    try {
      const obtained = await request(AbortSignal.any([signal, late.signal]))
      end('ok')
      return obtained
    } catch (error) {
      end(error instanceof SidecarError ? resultOf(error) : 'failed')
      throw error
    }
  }
}
