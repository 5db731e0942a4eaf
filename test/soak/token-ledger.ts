import type { SeenRequest, TestBank } from '../support/bank.ts'

export interface LedgerReport {
  readonly requests: number
  readonly tokenRequests: number
  readonly mostTokenRequestsInAMinute: number
  /** Requests whose token had run out when they arrived. */
  readonly expired: number
  /** Requests whose token was in the last 2 % of its life when they arrived. */
  readonly late: number
  /** Requests whose token the bank never gave, or gave to another certificate. */
  readonly foreign: number
  /** Requests that came with a token that was taken back. */
  readonly refused: number
}

interface Entry {
  readonly issuedAt: number
  readonly lifeMs: number
  readonly thumbprint: string
  revoked: boolean
}

export interface Ledger {
  revoke(): void
  report(): LedgerReport
}

/** The bank's own book of the tokens that it gave, exact to the millisecond; refuses every request that does not fit. */
export function keepLedger(bank: TestBank): Ledger {
  const entries = new Map<string, Entry>()
  const seen = { requests: 0, expired: 0, late: 0, foreign: 0, refused: 0 }
  const issue = bank.issue.bind(bank)
  bank.issue = (thumbprint) => {
    const issued = issue(thumbprint)
    const lifeMs = bank.tokenLifeSeconds * 1000
    entries.set(issued.token, { issuedAt: performance.now(), lifeMs, thumbprint, revoked: false })
    return issued
  }
  const tokenRequestsAt: number[] = []
  bank.authorization.onHead = () => {
    tokenRequestsAt.push(performance.now())
    return false
  }

  function judge({ token = '', thumbprint }: SeenRequest): boolean {
    seen.requests++
    const entry = entries.get(token)
    if (entry === undefined || entry.thumbprint !== thumbprint) {
      seen.foreign++
      return false
    }
    const ageMs = performance.now() - entry.issuedAt
    if (ageMs >= entry.lifeMs) seen.expired++
    else if (ageMs >= entry.lifeMs * 0.98) seen.late++
    if (entry.revoked) seen.refused++
    return ageMs < entry.lifeMs && !entry.revoked
  }

  bank.api.accepts = judge
  return {
    revoke() {
      for (const entry of entries.values()) entry.revoked = true
    },
    report: () => ({
      ...seen,
      tokenRequests: tokenRequestsAt.length,
      mostTokenRequestsInAMinute: Math.max(
        0,
        ...tokenRequestsAt.map((from) => inMinute(tokenRequestsAt, from)),
      ),
    }),
  }
}

function inMinute(moments: readonly number[], from: number): number {
  return moments.filter((at) => at >= from && at < from + 60_000).length
}
