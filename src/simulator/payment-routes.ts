import { BankError } from './bank-error.ts'
import type { Idempotency } from './idempotency.ts'
import type { Listener } from './listener.ts'
import { pageOf } from './paging.ts'
import { bytesOf, parseJson, parseOrder } from './payment-order.ts'
import type { Payment, Payments } from './payments.ts'

interface One {
  Params: { paymentId: string }
}

/** The status code of a payment that was made is not published: 200. */
export function addPaymentRoutes(
  listener: Listener,
  payments: Payments,
  idempotency: Idempotency<Payment>,
): void {
  const found = (paymentId: string): Payment => {
    const payment = payments.find(paymentId)
    if (payment === undefined) throw new BankError(404, 'NotFound', 'there is no such payment')
    return payment
  }
  listener.post('/api/v1/payments/singles', async ({ body }) => {
    const order = parseOrder(parseJson(body))
    const payment = idempotency.answer(order.idempotencyKey, bytesOf(body), () => payments.make(order))
    return statusOf(payment)
  })
  listener.get('/api/v1/payments/singles', async ({ query }) => pageOf(payments.list(), query))
  listener.get<One>('/api/v1/payments/singles/:paymentId', async ({ params }) => found(params.paymentId))
  listener.get<One>('/api/v1/payments/singles/:paymentId/status', async ({ params }) =>
    statusOf(found(params.paymentId)),
  )
}

export function statusOf({ paymentId, status }: Payment): Pick<Payment, 'paymentId' | 'status'> {
  return { paymentId, status }
}
