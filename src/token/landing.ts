import { SidecarError } from '../errors.ts'
import type { TokenSlot } from './cache.ts'
import type { Clock } from './clock.ts'
import { isoTime, type Report } from './events.ts'
import type { Outlook } from './outlook.ts'
import { printableThumbprint, thumbprintMatches } from './thumbprint.ts'
import { hold, holds, type ObtainedToken, type Token } from './token.ts'

export interface LandingOptions {
  readonly clock: Clock
  readonly slot: Pick<TokenSlot, 'put'>
  readonly outlook: Pick<Outlook, 'succeeded'>
  readonly refreshMarginMs: number
  /** SHA-1 of the loaded certificate. */
  readonly thumbprint: string
  readonly report: Report
}

export interface Landing {
  /** Makes what was obtained the held token, and tells so; throws when its time is over already. */
  readonly land: (obtained: ObtainedToken) => Token
  /** A token was held at least once. */
  everHeld(): boolean
}

export function createLanding(options: LandingOptions): Landing {
  const { clock, slot, outlook, refreshMarginMs, thumbprint, report } = options
  /** The last one that came, held or not. */
  let seen: Token | undefined
  let held = false

  function compareThumbprint({ thumbprint: claim }: Token): void {
    if (claim === null || thumbprintMatches(claim, thumbprint) !== false) return
    report({ kind: 'thumbprint_mismatch', thumbprint, claimed: printableThumbprint(claim) })
  }

  return {
    everHeld: () => held,
    land(obtained) {
      const token = hold(obtained, { refreshMarginMs, clock, previous: seen })
      const isNew = token.authorization !== seen?.authorization
      seen = token
      const now = clock.now()
      if (!holds(token, now, clock.wallNow())) throw ranOut(token, now)
      held = true
      slot.put(token)
      outlook.succeeded()
      const expiresAt = isoTime(token.wallRunsOutAt)
      report({ kind: 'renewed', thumbprint, expiresAt, lifetimeMs: obtained.lifetimeMs })
      if (isNew) compareThumbprint(token)
      return token
    },
  }
}

/** While the bank gives the same token again until it has run out, asking before is of no use. */
function ranOut({ until, runsOutAt }: Token, now: number): SidecarError {
  const message = 'the token had run out when it arrived'
  if (now < until) return new SidecarError('token_unavailable', message)
  const retryAfterSeconds = Math.max(0, (runsOutAt - now) / 1000)
  return new SidecarError('token_unavailable', message, { retryAfterSeconds })
}
