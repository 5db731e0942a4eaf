/**
 * What one call to the bank tells whoever made it. Of `failed`, `stale` and
 * `ended` one comes, once; none after `drop`.
 */
export interface CallOwner {
  /** The request is about to be written. */
  started(): void
  /** How long the head of the answer may still take. */
  patienceMs(): number
  /** The bank's answer is about to be written; false when nobody wants it any more. */
  answering(): boolean
  /** Whether a 401 shall be held back; then `hold` gets the two ways on. */
  mayReplay(): boolean
  hold(held: HeldAnswer): void
  /** The token ran out before anything was written. */
  stale(): void
  failed(error: unknown, sent: boolean): void
  /** The app does not take its answer as fast as it comes. */
  blocked(): void
  /** The answer ends before its end; `ended` follows. */
  brokenOff(error: unknown): void
  ended(): void
}

export interface HeldAnswer {
  /** Gives the app the answer that was held. */
  passOn(): void
  /** Throws it away; the request will be sent again. */
  drop(): void
}
