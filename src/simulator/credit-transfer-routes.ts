import { BankError } from './bank-error.ts'
import type { Idempotency } from './idempotency.ts'
import type { Listener, Reply } from './listener.ts'
import { ordersOf } from './pain001.ts'
import { bytesOf, type PaymentOrder, parseJson, parseOrder } from './payment-order.ts'
import { statusOf } from './payment-routes.ts'
import type { Payment, Payments } from './payments.ts'

const longestKey = 100

/**
 * pain.001 as XML, or JSON whose form is not published: one payment as `POST …/singles` takes it, or an array of
 * them. What the bank answers is not published either: the payments made, as JSON or XML by `Accept`.
 */
export function addCreditTransferRoutes(
  listener: Listener,
  payments: Payments,
  idempotency: Idempotency<readonly Payment[]>,
): void {
  listener.post('/api/v1/payments/credit-transfer-instructions', async ({ headers, body }, reply) => {
    const key = keyOf(headers['idempotency-key'])
    const bytes = bytesOf(body)
    const type = headers['content-type'] ?? ''
    const orders = type.includes('xml')
      ? ordersOf(decode(bytes, type))
      : [parseJson(body)].flat().map(parseOrder)
    const made = idempotency.answer(key, bytes, () => makeAll(orders, payments))
    return answer(reply, made, headers.accept)
  })
}

function makeAll(orders: readonly PaymentOrder[], payments: Payments): readonly Payment[] {
  if (orders.length === 0) throw new BankError(400, 'ValidationError', 'there is no payment in the body')
  return orders.map((order) => payments.make(order))
}

function keyOf(header: string | readonly string[] | undefined): string | undefined {
  const key = header?.toString()
  if (key === undefined || key.length <= longestKey) return key
  throw new BankError(400, 'ValidationError', `Idempotency-Key is longer than ${longestKey} characters`)
}

/** RFC 7303: a byte order mark goes first, then the header's charset, then the document's own word. */
function decode(bytes: Buffer, type: string): string {
  const declared = /^<\?xml[^>]{0,200}encoding=["']([\w.-]{1,40})["']/.exec(
    bytes.toString('latin1', 0, 300),
  )?.[1]
  const charset = markOf(bytes) ?? /charset="?([\w.-]{1,40})/i.exec(type)?.[1] ?? declared ?? 'utf-8'
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch {
    throw new BankError(400, 'InvalidRequest', 'the body is not in the charset that it says')
  }
}

function markOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('hex', 0, 2)
  if (start === 'fffe') return 'utf-16le'
  return start === 'feff' ? 'utf-16be' : undefined
}

function answer(reply: Reply, made: readonly Payment[], accept = ''): unknown {
  const payments = made.map(statusOf)
  if (!accept.includes('xml')) return { payments }
  const rows = payments.map(
    ({ paymentId, status }) =>
      `<Payment><PaymentId>${paymentId}</PaymentId><Status>${status}</Status></Payment>`,
  )
  const document = `<?xml version="1.0" encoding="UTF-8"?><CreditTransferInstructions>${rows.join('')}</CreditTransferInstructions>`
  return reply.type('application/xml; charset=utf-8').send(document)
}
