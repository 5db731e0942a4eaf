/** A request may wait for the store no longer than 250 ms, however many commands that takes. */
const wholeMs = 250
const mostMs = 200

/** How long the next command may take. */
export function createPatience({ now }: { readonly now: () => number }): () => number {
  const until = now() + wholeMs
  return () => Math.max(1, Math.min(mostMs, until - now()))
}

/** For what nobody waits for. */
export const backgroundBoundMs: number = wholeMs
