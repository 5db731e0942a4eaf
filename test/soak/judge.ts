import type { Outcome } from './apps.ts'
import type { SoakBank } from './bank.ts'
import { isExplained } from './bank-faults.ts'
import type { Ledger } from './ledger.ts'
import type { Weather } from './weather.ts'

export interface Judge {
  /** Holds what an app was told against what the bank did; what nothing explains is a violation. */
  hear(outcome: Outcome): void
  /** How often each result was heard. */
  readonly results: Record<string, number>
}

/** A failed token request is followed by pauses of up to 30 s, and a forced renewal by none within 30 s. */
const tokenTroubleMs = 45_000
/** Longer than any time-out of the sidecar's in this soak. */
const aftermathMs = 5_000

export function createJudge(options: {
  readonly bank: SoakBank
  readonly ledger: Ledger
  readonly weather: Weather
}): Judge {
  const { bank, ledger, weather } = options
  const results: Record<string, number> = {}

  function explains({ id, result }: Outcome): boolean {
    const record = ledger.of(id)
    if (/^\d+$/.test(result)) return record.statuses.includes(Number(result))
    if (isExplained(record, result)) return true
    switch (result) {
      case 'token_unavailable':
      case 'token_throttled':
        return weather.stormy || bank.tokenTroubleWithin(tokenTroubleMs)
      case 'bank_unreachable':
        return weather.unreachableWithin(aftermathMs)
      case 'bank_connection_lost':
        // The bank closes idle connections in a storm, also while a request is on its way.
        return weather.stormyWithin(aftermathMs)
      case 'overloaded':
        return weather.stormyWithin(aftermathMs)
      case 'body_too_large':
        return record.heads === 0
      default:
        return false
    }
  }

  return {
    results,
    hear(outcome) {
      const { id, result, requestSent, answerId } = outcome
      results[result] = (results[result] ?? 0) + 1
      const { heads, refused, faults, statuses } = ledger.of(id)
      if (requestSent === 'no' && heads > refused)
        ledger.violate(`${id}: ${result} said that nothing was sent, and the bank has it`)
      if (answerId !== undefined && answerId !== id)
        ledger.violate(`${id}: the answer is that of ${answerId}`)
      if (!explains(outcome))
        ledger.violate(`${id}: ${result} without a reason (bank: ${[...faults, ...statuses].join(', ')})`)
    },
  }
}
