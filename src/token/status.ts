import type { Clock } from './clock.ts'
import { isoTime, type RequestCounts, resultOf, type TokenState } from './events.ts'
import type { Outlook } from './outlook.ts'
import { thumbprintMatches } from './thumbprint.ts'
import type { Token } from './token.ts'

/** interface.md, `/status`: times in ISO 8601. */
export interface TokenStatus {
  readonly state: TokenState
  readonly expiresAt: string | null
  readonly lastRequestAt: string | null
  readonly lastError: string | null
  /** Set while no token can be asked for, though one is wanted or would be. */
  readonly nextAttemptAt: string | null
  /** Of the environment, since the process started. */
  readonly requests: RequestCounts
  readonly thumbprintMatches: boolean | null
  readonly everHeld: boolean
  /** The first token request was answered or failed (or waits for an app), and the credentials are not known to be refused. */
  readonly settled: boolean
}

export interface StatusFacts extends Pick<TokenStatus, 'state' | 'requests' | 'everHeld' | 'settled'> {
  readonly token: Token | undefined
  /** A token request. */
  readonly underWay: boolean
  readonly outlook: Pick<Outlook, 'clearAt' | 'refusal' | 'trouble'>
  /** Of the loaded certificate. */
  readonly thumbprint: string
  /** On the wall clock. */
  readonly lastRequestAt: number | undefined
  /** The random moment of BC_TOKEN_AT_START, while it lies ahead. */
  readonly startAt: number | undefined
}

export function statusOf(facts: StatusFacts, clock: Pick<Clock, 'now' | 'wallNow'>): TokenStatus {
  const { state, token, underWay, outlook, thumbprint, lastRequestAt, startAt, requests, everHeld, settled } =
    facts
  const now = clock.now()
  const trouble = outlook.trouble()
  const refused = trouble !== undefined && resultOf(trouble) === 'rejected'
  const clearAt = outlook.clearAt(0)
  const blocked = !underWay && clearAt > now && (trouble !== undefined || token === undefined)
  const nextAt = blocked ? clearAt : startAt
  return {
    state,
    expiresAt: timeOrNull(token?.wallRunsOutAt),
    lastRequestAt: timeOrNull(lastRequestAt),
    lastError: (trouble ?? (blocked ? outlook.refusal(0) : undefined))?.message ?? null,
    nextAttemptAt: timeOrNull(nextAt === undefined ? undefined : clock.wallNow() + nextAt - now),
    requests,
    thumbprintMatches: thumbprintMatches(token?.thumbprint, thumbprint),
    everHeld,
    settled: settled && !(refused && token === undefined),
  }
}

function timeOrNull(wallMs: number | undefined): string | null {
  return wallMs === undefined ? null : isoTime(wallMs)
}
