/** What of a JWT's claims tells its life; anything may stand there. */
export interface LifeClaims {
  readonly exp?: unknown
  readonly iat?: unknown
}

export interface LifetimeOptions {
  /** The member of the answer: seconds, as a string or a number. */
  readonly expiresIn: unknown
  /** Of the token, if it is a JWT. */
  readonly claims: LifeClaims | undefined
  /** For a JWT that does not say when it was issued. */
  readonly wallSentAt: number
}

export type Lifetime =
  | { readonly kind: 'known'; readonly lifetimeMs: number }
  | { readonly kind: 'nonsense'; readonly reason: string }

/** The bank's tokens live five minutes; one that claims more than a day is a mistake. */
const mostSeconds = 24 * 60 * 60

/** The smaller of what the answer says and of the JWT's own life. */
export function lifetimeOf({ expiresIn, claims, wallSentAt }: LifetimeOptions): Lifetime {
  const said = expiresIn ?? undefined
  const saidSeconds = said === undefined ? undefined : secondsOf(said)
  if (said !== undefined && !isSane(saidSeconds))
    return nonsense('expires_in is no sensible number of seconds')
  const ownSeconds = claimedSeconds(claims, said === undefined ? wallSentAt : undefined)
  if (ownSeconds !== undefined && ownSeconds <= 0) return nonsense('the token ends before it begins')
  const seconds = Math.min(saidSeconds ?? Number.POSITIVE_INFINITY, ownSeconds ?? Number.POSITIVE_INFINITY)
  if (seconds === Number.POSITIVE_INFINITY)
    return nonsense('neither expires_in nor the token says how long it lives')
  return isSane(seconds)
    ? { kind: 'known', lifetimeMs: seconds * 1000 }
    : nonsense('the token lives longer than a day')
}

function nonsense(reason: string): Lifetime {
  return { kind: 'nonsense', reason }
}

function secondsOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^\d{1,9}(\.\d{1,9})?$/.test(value) ? Number(value) : undefined
}

function isSane(seconds: number | undefined): boolean {
  return seconds !== undefined && seconds > 0 && seconds <= mostSeconds
}

/** The wall clock stands in for a missing `iat` only when nothing else is known: it may be wrong. */
function claimedSeconds(claims: LifeClaims | undefined, wallSentAt: number | undefined): number | undefined {
  const from = finite(claims?.iat) ?? (wallSentAt === undefined ? undefined : wallSentAt / 1000)
  const to = finite(claims?.exp)
  return to === undefined || from === undefined ? undefined : to - from
}

function finite(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}
