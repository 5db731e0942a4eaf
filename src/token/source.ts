import type { Dispatcher } from 'undici'
import type { Secret } from '../secret.ts'
import { obtainFromBank } from './bank-obtain.ts'
import { createBudget } from './budget.ts'
import { cacheKey, createTokenCache } from './cache.ts'
import { type Clock, createClock } from './clock.ts'
import type { Report, RequestResult } from './events.ts'
import { createHolder, type OwnedHolder, type TokenHolder } from './holder.ts'
import { createOutlook } from './outlook.ts'
import { requestToken } from './request.ts'
import type { SharedTokens } from './shared.ts'
import { createThrottle } from './throttle.ts'
import { obtainTogether } from './together.ts'

export interface TokenSourceOptions extends Partial<Clock> {
  readonly environment: string
  readonly authorizationUrl: string
  readonly refreshMarginMs: number
  readonly tokenTimeoutMs: number
  readonly requestsPerMinute: number
  readonly report: Report
}

export interface HolderRequest {
  /** Names user, certificate and generation; it is hashed. */
  readonly identity: string
  readonly dispatcher: Pick<Dispatcher, 'request'>
  readonly username: Secret
  readonly password: Secret
  /** SHA-1 of the client certificate, upper-case hex. */
  readonly thumbprint: string
  /** The other sidecars with these credentials, when there are others. */
  readonly shared?: SharedTokens | undefined
}

/** The tokens of one environment: one holder for each generation of credentials, and what they share. */
export interface TokenSource {
  holder(options: HolderRequest): TokenHolder
  /** How many token requests may still be made in this minute. */
  budgetRemaining(): number
  /** Ends every timer and request. */
  close(): void
}

export function createTokenSource(options: TokenSourceOptions): TokenSource {
  const { environment, authorizationUrl, refreshMarginMs, tokenTimeoutMs, requestsPerMinute, report } =
    options
  const clock = createClock(options)
  const budget = createBudget({ requestsPerMinute, clock })
  const throttle = createThrottle(clock)
  const cache = createTokenCache(clock)
  const counts: Record<RequestResult, number> = { ok: 0, throttled: 0, rejected: 0, failed: 0 }
  const holders = new Set<OwnedHolder>()
  let generation = 0

  function holder(request: HolderRequest): TokenHolder {
    const { identity, dispatcher, username, password, thumbprint, shared } = request
    const generated = String(++generation)
    const key = cacheKey([environment, authorizationUrl, username.reveal(), identity, generated])
    const slot = cache.slot(key)
    const bank = obtainFromBank({
      request: (signal) => requestToken({ dispatcher, authorizationUrl, username, password, clock, signal }),
      budget,
      clock,
      timeoutMs: tokenTimeoutMs,
      count(result, durationMs) {
        counts[result]++
        report({ kind: 'request', thumbprint, result, durationMs })
      },
    })
    const leisureMs = (): number => Math.max(0, (slot.look()?.until ?? 0) - clock.now())
    const together = { obtain: bank, clock, leisureMs, timeoutMs: tokenTimeoutMs }
    const obtain = shared ? obtainTogether({ shared, ...together }) : bank
    const made = createHolder({
      clock,
      slot,
      outlook: createOutlook({ clock, budget, throttle }),
      obtain,
      leisureMs,
      refreshMarginMs,
      tokenTimeoutMs,
      thumbprint,
      counts: () => ({ ...counts }),
      report,
      onRetired: () => void holders.delete(made),
      onRefused: shared && ((value) => shared.refuse(value)),
    })
    holders.add(made)
    return made
  }

  return {
    holder,
    budgetRemaining: budget.remaining,
    close() {
      for (const one of holders) one.close()
    },
  }
}
