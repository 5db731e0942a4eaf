import { usableMs } from '../token-life.ts'

export interface RenewalOptions {
  readonly lifetimeMs: number
  readonly refreshMarginMs: number
  readonly random: () => number
}

export interface Renewal {
  /** Counted from the moment the token request was sent, as its lifetime is. */
  readonly afterMs: number
  /** A token used from here on is in use. */
  readonly lateAfterMs: number
}

/** Many sidecars that started together drift apart by this share of the margin. */
const jitter = 0.2

/**
 * When a token in use is renewed: a margin before its expiry, which is at most half the lifetime really given. A small margin
 * still begins before the end of the usable time, so that the renewal stays ahead of it.
 */
export function renewalOf(options: RenewalOptions): Renewal {
  const { lifetimeMs, refreshMarginMs, random } = options
  const marginMs = Math.min(refreshMarginMs, lifetimeMs / 2) * (1 - jitter * random())
  const unusableMs = lifetimeMs - usableMs(lifetimeMs)
  const afterMs = lifetimeMs - Math.max(marginMs, unusableMs + Math.min(marginMs, unusableMs))
  return { afterMs, lateAfterMs: afterMs - lifetimeMs / 4 }
}
