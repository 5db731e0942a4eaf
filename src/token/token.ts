import { overAfterMs, usableMs } from '../token-life.ts'
import type { Clock } from './clock.ts'
import { renewalOf } from './renewal.ts'

/** What whoever asks for a token gets to know: not where it came from. */
export interface ObtainedToken {
  /** Without `Bearer`. */
  readonly value: string
  readonly lifetimeMs: number
  /** The claim, if there is one. */
  readonly thumbprint: string | null
  /** Whether the token says by itself when it ends. */
  readonly dated: boolean
  /** On the monotonic clock, right before the token request was sent. */
  readonly sentAt: number
  /** The same moment on the wall clock. */
  readonly wallSentAt: number
}

/**
 * Obtains a token, from the bank or from others who have one. Rejects with a `SidecarError` whose `retryAfterSeconds` is the
 * least to wait; settles soon after `signal` aborts, with its reason. `hurry` aborts when somebody begins to wait for the token.
 */
export type Obtain = (signal: AbortSignal, hurry: AbortSignal) => Promise<ObtainedToken>

/** A token and its moments: monotonic milliseconds, but for those that say wall. */
export interface Token {
  /** `Bearer …` */
  readonly authorization: string
  readonly thumbprint: string | null
  /** From here on it is not sent: 98 % of its life. */
  readonly until: number
  readonly wallUntil: number
  readonly runsOutAt: number
  readonly wallRunsOutAt: number
  /** Given again from here on, it begins anew. */
  readonly endedAt: number
  readonly renewAt: number
  /** Used from here on, it is in use: worth a renewal. */
  readonly lateFrom: number
}

export interface HoldOptions {
  readonly refreshMarginMs: number
  readonly clock: Pick<Clock, 'random'>
  /** The last one that came. */
  readonly previous: Token | undefined
}

/**
 * Whether the bank answers a second request with the same token is not published. If it does, the life of a token that tells
 * its own dates began with the first answer, whatever the second one says, and asking again before it has run out is of no
 * use. Of an opaque one, nothing is known but the bank's word, and the later one counts when it promises more (RFC 6749 §5.1).
 */
export function hold(obtained: ObtainedToken, { refreshMarginMs, clock, previous }: HoldOptions): Token {
  const { value, thumbprint, lifetimeMs, dated, sentAt, wallSentAt } = obtained
  const authorization = `Bearer ${value}`
  const renewal = renewalOf({ lifetimeMs, refreshMarginMs, random: clock.random })
  const fresh: Token = {
    authorization,
    thumbprint,
    until: sentAt + usableMs(lifetimeMs),
    wallUntil: wallSentAt + usableMs(lifetimeMs),
    runsOutAt: sentAt + lifetimeMs,
    wallRunsOutAt: wallSentAt + lifetimeMs,
    endedAt: sentAt + overAfterMs(lifetimeMs),
    renewAt: sentAt + renewal.afterMs,
    lateFrom: sentAt + renewal.lateAfterMs,
  }
  if (previous?.authorization !== authorization || sentAt >= previous.endedAt) return fresh
  return !dated && fresh.until >= previous.runsOutAt ? fresh : unrenewable(fresh, previous)
}

function unrenewable(again: Token, first: Token): Token {
  return {
    ...again,
    until: Math.min(again.until, first.until),
    wallUntil: Math.min(again.wallUntil, first.wallUntil),
    runsOutAt: Math.min(again.runsOutAt, first.runsOutAt),
    wallRunsOutAt: Math.min(again.wallRunsOutAt, first.wallRunsOutAt),
    endedAt: first.endedAt,
    renewAt: Number.POSITIVE_INFINITY,
    lateFrom: Number.POSITIVE_INFINITY,
  }
}

/** The wall clock tells of a machine that was suspended: its monotonic clock stood still meanwhile. */
export function holds(token: Token, now: number, wallNow: number): boolean {
  return now < token.until && wallNow < token.wallUntil
}
