import { randomUUID } from 'node:crypto'
import type { Accounts } from './accounts.ts'
import type { PaymentOrder } from './payment-order.ts'

export type PaymentStatus = 'MissingFunding' | 'PendingProcessing' | 'Rejected' | 'Reversed' | 'Processed'

/** Field names are the bank's; what stands in the last three beyond their names is the simulator's own. */
export interface Payment {
  readonly paymentId: string
  readonly transactionReference: string
  readonly concurrencyToken: string
  readonly classification: string
  readonly status: PaymentStatus
  readonly errors: readonly unknown[]
  readonly processedTimestamp: string | null
  readonly latestStatusChangedTimestamp: string
  readonly debtorInformation: object
  readonly transfer: { readonly amount: PaymentOrder['amount'] }
  readonly creditorInformation: object
}

export interface Payments {
  make(order: PaymentOrder): Payment
  find(paymentId: string): Payment | undefined
  list(): readonly Payment[]
}

/** The bank's sandbox picks the outcome by the amount. */
const outcomes: ReadonlyMap<number, PaymentStatus> = new Map([
  [13, 'MissingFunding'],
  [17, 'PendingProcessing'],
  [19, 'Rejected'],
  [27, 'Reversed'],
])

/**
 * Payments have their last status at once: how long the bank's take is not published. `keep` bounds the
 * memory of a long run: beyond it the oldest are forgotten.
 */
export function createPayments(options: { accounts: Accounts; now: () => number; keep: number }): Payments {
  const { accounts, now, keep } = options
  const payments = new Map<string, Payment>()
  return {
    make(order) {
      const payment = paymentOf(order, new Date(now()).toISOString())
      payments.set(payment.paymentId, payment)
      for (const oldest of payments.keys()) {
        if (payments.size <= keep) break
        payments.delete(oldest)
      }
      if (payment.status === 'Processed') book(accounts, order)
      return payment
    },
    find: (paymentId) => payments.get(paymentId),
    list: () => [...payments.values()],
  }
}

/** A payment between accounts of which neither is the simulator's moves no balance. */
function book(
  accounts: Accounts,
  { amount: { currency, amount }, debtorAccount, creditorAccount }: PaymentOrder,
): void {
  accounts.move(debtorAccount?.account, currency, -amount)
  accounts.move(creditorAccount?.account, currency, amount)
}

function paymentOf(order: PaymentOrder, at: string): Payment {
  const status = outcomes.get(order.amount.amount) ?? 'Processed'
  const paymentId = randomUUID()
  return {
    paymentId,
    transactionReference: `SIM${paymentId.slice(0, 8).toUpperCase()}`,
    concurrencyToken: randomUUID(),
    classification: 'Outgoing',
    status,
    errors: [],
    processedTimestamp: status === 'Processed' || status === 'Reversed' ? at : null,
    latestStatusChangedTimestamp: at,
    debtorInformation: { account: order.debtorAccount ?? null, reference: order.debtorReference ?? null },
    transfer: { amount: order.amount },
    creditorInformation: { account: order.creditorAccount ?? null, name: order.creditorName ?? null },
  }
}
