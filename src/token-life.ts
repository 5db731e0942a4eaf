/** The last 2 % of a token's life are for clocks that run apart, and for the way to the bank. */
const usableShare = 0.98
/** What a token request may take by default: so much later than it was sent, its token may have been issued. */
const longestRequestMs = 10_000

/** For how long a token is sent, counted like its lifetime from right before it was asked for. */
export function usableMs(lifetimeMs: number): number {
  return lifetimeMs * usableShare
}

/** After how long it has ended for certain: issued as late as can be, by a bank whose clock is slow. */
export function overAfterMs(lifetimeMs: number): number {
  return lifetimeMs * (2 - usableShare) + longestRequestMs
}
