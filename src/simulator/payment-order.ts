import * as z from 'zod'
import { BankError } from './bank-error.ts'

const party = z.looseObject({ account: z.string() })

/**
 * A payment as clients order it. Which fields the bank insists on is not published: this insists on the amount,
 * which decides the outcome, and on the types of the fields that it uses.
 */
const order = z.looseObject({
  idempotencyKey: z.string().optional(),
  requestedExecutionDate: z.string().optional(),
  debtorAccount: party.optional(),
  debtorReference: z.string().optional(),
  currencyOfTransfer: z.string().optional(),
  amount: z.object({
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be a currency of three capital letters'),
    amount: z.number().positive('must be more than 0').max(1e12),
  }),
  chargeBearer: z.string().optional(),
  creditorAccount: party.optional(),
  creditorName: z.string().optional(),
})

export type PaymentOrder = z.infer<typeof order>

/** @throws BankError 400 that names every field that is wrong */
export function parseOrder(value: unknown): PaymentOrder {
  const parsed = order.safeParse(value)
  if (parsed.success) return parsed.data
  const [first = 'invalid', ...more] = parsed.error.issues.map(
    ({ path, message }) => `${path.join('.') || 'the body'}: ${message}`,
  )
  throw new BankError(400, 'ValidationError', first, ...more)
}

/** @throws BankError 400 when the body is not JSON */
export function parseJson(body: unknown): unknown {
  try {
    return JSON.parse(textOf(body))
  } catch {
    throw new BankError(400, 'InvalidRequest', 'the body is not JSON')
  }
}

/** The body as the listener leaves it: bytes, or nothing at all when there were none. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

function textOf(body: unknown): string {
  return bytesOf(body).toString('utf8')
}
