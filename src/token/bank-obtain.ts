import { SidecarError } from '../errors.ts'
import type { Budget } from './budget.ts'
import type { Clock } from './clock.ts'
import { type RequestResult, resultOf } from './events.ts'
import type { Obtain, ObtainedToken } from './token.ts'

export interface BankObtainOptions {
  readonly request: (signal: AbortSignal) => Promise<ObtainedToken>
  readonly budget: Pick<Budget, 'take'>
  readonly clock: Pick<Clock, 'now'>
  readonly count: (result: RequestResult, durationMs: number) => void
}

/** Obtains tokens from the bank itself: no request but within the budget, and each is counted. */
export function obtainFromBank({ request, budget, clock, count }: BankObtainOptions): Obtain {
  return async (signal) => {
    const giveBack = budget.take()
    const startedAt = clock.now()
    const end = (result: RequestResult) => {
      giveBack()
      count(result, clock.now() - startedAt)
    }
    try {
      const obtained = await request(signal)
      end('ok')
      return obtained
    } catch (error) {
      end(error instanceof SidecarError ? resultOf(error) : 'failed')
      throw error
    }
  }
}
