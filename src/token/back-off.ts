export type FailureKind = 'failed' | 'throttled' | 'rejected'

interface Pace {
  readonly firstMs: number
  readonly mostMs: number
}

/** Rejected credentials stay so until a person acts, and a bank that counts may lock the user out. */
const paces: Readonly<Record<FailureKind, Pace>> = {
  failed: { firstMs: 1000, mostMs: 30_000 },
  throttled: { firstMs: 10_000, mostMs: 60_000 },
  rejected: { firstMs: 60_000, mostMs: 300_000 },
}

/** Sidecars behind one address that were all told the same must not come back all at once. */
const spread = 0.1
/** A tenth of a day would be hours. */
const mostSpreadMs = 600_000

export interface BackOffOptions {
  readonly kind: FailureKind
  /** Failures of this kind in a row, this one not counted. */
  readonly before: number
  /** What the bank asked for: never less. A 429 with it backs off as any failure does. */
  readonly retryAfterMs?: number | undefined
  readonly random: () => number
}

/** How long to wait after a failure: doubling, between half of it and the whole. */
export function backOffMs({ kind, before, retryAfterMs, random }: BackOffOptions): number {
  const asked = retryAfterMs !== undefined
  const { firstMs, mostMs } = paces[asked && kind === 'throttled' ? 'failed' : kind]
  const ownMs = Math.min(mostMs, firstMs * 2 ** before) * (0.5 + random() / 2)
  if (!asked) return ownMs
  return Math.max(ownMs, retryAfterMs + Math.min(mostSpreadMs, retryAfterMs * spread) * random())
}
