import type { Opened } from './opened.ts'
import type { PayingClients } from './paying-clients.ts'
import type { LedgerReport } from './token-ledger.ts'
import type { Turns } from './turns.ts'

export interface Rotation extends Turns {
  readonly contents: string
  readonly way: string
  readonly appliedMs: number
  readonly slowestPaymentMs: number
}

export interface Outcome {
  readonly rotations: readonly Rotation[]
  readonly paying: PayingClients
  readonly ledger: LedgerReport
  readonly before: Opened
  readonly after: Opened
  readonly status: { readonly lastError: string | null }
}

/** Says what was seen, and gives the exit status. */
export function report({ rotations, paying, ledger, before, after, status }: Outcome): 0 | 1 {
  const { longestTurnMs, heldUpMs } = mostOf(rotations)
  const sent = paying.count()
  const failed = paying.failures.length
  const slowestMs = Math.round(paying.slowestMs)
  const contents = groups(rotations, 'contents')
  const ways = groups(rotations, 'way')
  const seen = { payments: { sent, failed, slowestMs }, ledger, contents, ways, before, after }
  console.info(JSON.stringify({ rotations: rotations.length, longestTurnMs, heldUpMs, ...seen }, null, 2))
  console.info(
    `note: ${rotations.length} rotations, ${sent} payments, ${failed} failed, the slowest ${slowestMs} ms; the longest turn of the ` +
      `event loop ${longestTurnMs} ms of CPU, ${heldUpMs} ms with the waiting for a core`,
  )
  const closed = after.descriptors <= before.descriptors + 8 && after.threads <= before.threads + 1
  const good = failed === 0 && ledger.foreign === 0 && closed && status.lastError === null
  if (!good)
    console.error('broken promises', JSON.stringify({ closed, failures: paying.failures.slice(0, 20) }))
  return good ? 0 : 1
}

function groups(rotations: readonly Rotation[], key: 'contents' | 'way') {
  const names = [...new Set(rotations.map((rotation) => rotation[key]))]
  return Object.fromEntries(
    names.map((name) => [name, mostOf(rotations.filter((rotation) => rotation[key] === name))]),
  )
}

function mostOf(rotations: readonly Rotation[]) {
  const most = (field: 'appliedMs' | 'slowestPaymentMs' | 'longestTurnMs' | 'heldUpMs') =>
    Math.max(...rotations.map((rotation) => rotation[field]))
  return {
    appliedMs: most('appliedMs'),
    slowestPaymentMs: most('slowestPaymentMs'),
    longestTurnMs: most('longestTurnMs'),
    heldUpMs: most('heldUpMs'),
  }
}
