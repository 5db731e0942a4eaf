import { test } from 'tap'
import { createAccounts } from '../../src/simulator/accounts.ts'
import { createIdempotency } from '../../src/simulator/idempotency.ts'
import { pageOf } from '../../src/simulator/paging.ts'
import { createPayments } from '../../src/simulator/payments.ts'

const eur = 'DK5000400440116243'

test('balances move to the cent, and a day begins with the first movement in it', (t) => {
  let now = Date.parse('2026-01-31T23:00:00Z')
  const accounts = createAccounts(() => now)
  const balance = () => accounts.list()[0]?.balances[0]
  t.match(balance(), {
    intraDayAmount: 1_000_000,
    lastTransactionTimestamp: null,
    financialDate: '2026-01-31',
  })
  for (const amount of [-0.1, -0.2]) accounts.move(eur, 'EUR', amount)
  t.match(balance(), { beginOfDayAmount: 1_000_000, intraDayAmount: 999_999.7 })
  now += 2 * 3_600_000
  accounts.move(eur, 'EUR', 0.7)
  t.match(balance(), {
    beginOfDayAmount: 999_999.7,
    intraDayAmount: 1_000_000.4,
    financialDate: '2026-02-01',
    lastTransactionTimestamp: '2026-02-01T01:00:00.000Z',
  })
  t.end()
})

test('nothing moves for another currency, an unknown account, or none', (t) => {
  const accounts = createAccounts(() => 0)
  const before = accounts.list()
  accounts.move(eur, 'GBP', 5)
  accounts.move('DK0000000000000000', 'EUR', 5)
  accounts.move(undefined, 'EUR', 5)
  t.strictSame(accounts.list(), before)
  t.end()
})

test('of more payments than are kept the oldest are forgotten', (t) => {
  const payments = createPayments({ accounts: createAccounts(() => 0), now: () => 0, keep: 2 })
  const made = [1, 2, 3].map((amount) => payments.make({ amount: { currency: 'EUR', amount } }).paymentId)
  t.strictSame(
    made.map((id) => payments.find(id)?.transfer.amount.amount),
    [undefined, 2, 3],
  )
  t.equal(payments.list().length, 2)
  t.end()
})

test('of more keys than are kept the oldest may be used again', (t) => {
  const idempotency = createIdempotency<number>(2)
  let made = 0
  const answer = (key: string | undefined, body = 'x') =>
    idempotency.answer(key, Buffer.from(body), () => ++made)
  t.strictSame([answer('a'), answer('a'), answer('b'), answer('a')], [1, 1, 2, 1])
  t.throws(() => answer('a', 'y'), /another body/)
  t.strictSame([answer('c'), answer('a', 'y')], [3, 4])
  t.strictSame([answer(undefined), answer(undefined)], [5, 6], 'no key, no memory')
  t.end()
})

test('what fails is not remembered under its key', (t) => {
  const idempotency = createIdempotency<number>(2)
  const failing = () => {
    throw new Error('refused')
  }
  t.throws(() => idempotency.answer('a', Buffer.from('x'), failing))
  t.equal(
    idempotency.answer('a', Buffer.from('y'), () => 1),
    1,
  )
  t.end()
})

test('a page is what was asked for, or a refusal', (t) => {
  const items = Array.from({ length: 30 }, (_, index) => index)
  t.strictSame(pageOf(items, {}), {
    result: items.slice(0, 25),
    pageInfo: { currentPage: 1, pageSize: 25, rowCount: 30 },
  })
  t.strictSame(pageOf(items, { PageNumber: '3', PageSize: '10' }).result, items.slice(20))
  t.strictSame(pageOf(items, { PageNumber: '9' }).result, [])
  for (const PageSize of ['0', '-1', '1.5', 'x', '', '1001', ['1', '2']]) {
    t.throws(() => pageOf(items, { PageSize }), /PageSize one from 1 to 1000/, String(PageSize))
  }
  t.end()
})
