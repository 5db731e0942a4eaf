/** What the bank did to one call: by the id that the call carries in a header. */
export interface CallRecord {
  /** Request heads that arrived. */
  heads: number
  /** How often the bank itself had answered 401, which is what a repetition is allowed after. */
  refused: number
  readonly statuses: number[]
  readonly faults: string[]
}

/** The bank's own account, against which the apps' is held. */
export interface Ledger {
  of(id: string): CallRecord
  /** What must never happen, in words. */
  readonly violations: string[]
  violate(sentence: string): void
  /** Ids that came in more than once without a 401 before. */
  doubled(): string[]
  count(): number
}

const mostViolations = 50

export function createLedger(): Ledger {
  const records = new Map<string, CallRecord>()
  const violations: string[] = []
  return {
    violations,
    of(id) {
      const found = records.get(id) ?? { heads: 0, refused: 0, statuses: [], faults: [] }
      records.set(id, found)
      return found
    },
    violate(sentence) {
      if (violations.length < mostViolations) violations.push(sentence)
    },
    doubled: () => [...records].filter(([, { heads, refused }]) => heads > 1 + refused).map(([id]) => id),
    count: () => records.size,
  }
}
