import { BankError } from './bank-error.ts'
import { type PaymentOrder, parseOrder } from './payment-order.ts'
import { descend, type Element, parseXml } from './xml.ts'

/**
 * The payments that an ISO 20022 pain.001 orders, whatever its version: `PmtInf` names the debtor, each
 * `CdtTrfTxInf` in it is one payment.
 *
 * @throws BankError 400
 */
export function ordersOf(document: string): readonly PaymentOrder[] {
  const initiation = descend(parseXml(document), 'CstmrCdtTrfInitn')
  const orders = named(initiation, 'PmtInf').flatMap((group) =>
    named(group, 'CdtTrfTxInf').map((transfer) => parseOrder(orderOf(group, transfer))),
  )
  if (orders.length > 0) return orders
  throw new BankError(400, 'ValidationError', 'the document is no pain.001 with a CdtTrfTxInf in it')
}

function orderOf(group: Element, transfer: Element): object {
  const instructed = descend(transfer, 'Amt', 'InstdAmt')
  return {
    debtorAccount: accountOf(descend(group, 'DbtrAcct', 'Id')),
    creditorAccount: accountOf(descend(transfer, 'CdtrAcct', 'Id')),
    creditorName: descend(transfer, 'Cdtr', 'Nm')?.text.trim(),
    debtorReference: descend(transfer, 'PmtId', 'EndToEndId')?.text.trim(),
    amount: { currency: instructed?.attributes.get('Ccy'), amount: numberOf(instructed?.text.trim()) },
  }
}

function accountOf(id: Element | undefined): object | undefined {
  const account = descend(id, 'IBAN') ?? descend(id, 'Othr', 'Id')
  return account && { account: account.text.trim() }
}

/** XML Schema's decimal. */
function numberOf(text = ''): number | undefined {
  return /^\d{1,18}(\.\d{1,5})?$/.test(text) ? Number(text) : undefined
}

function named(element: Element | undefined, name: string): readonly Element[] {
  return element?.children.filter((child) => child.name === name) ?? []
}
