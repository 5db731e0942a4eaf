import { test } from 'tap'
import { createRequestIds, traceIdOf } from '../../src/proxy/request-id.ts'

test('the id that the app gives is kept when it is fit for logs', (t) => {
  const requestIdOf = createRequestIds()
  for (const id of ['a', '0', 'Order_2024-01.b', 'x'.repeat(128)]) t.equal(requestIdOf(id), id)
  t.end()
})

test('any other id is replaced by one made here', (t) => {
  const requestIdOf = createRequestIds({ prefix: 'here' })
  const unfit = [undefined, '', 'x'.repeat(129), 'a b', 'a,b', 'a\n', 'é', '"', '<a>', 'a/b', 'a, b']
  for (const id of unfit) t.match(requestIdOf(id), /^here-[\da-z]+$/, JSON.stringify(id))
  t.end()
})

test('ids made here are all different, also between two processes, and would be kept themselves', (t) => {
  const [first, second] = [createRequestIds(), createRequestIds()]
  const made = Array.from({ length: 2_000 }, (_, n) => (n % 2 === 0 ? first : second)(undefined))
  t.equal(new Set(made).size, made.length)
  t.equal(first(made[1]), made[1])
  t.end()
})

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'

test('the trace id is taken from a well-formed traceparent', (t) => {
  t.equal(traceIdOf(`00-${traceId}-00f067aa0ba902b7-01`), traceId)
  t.equal(traceIdOf(`cc-${traceId}-00f067aa0ba902b7-01`), traceId, 'a later version')
  t.equal(traceIdOf(`cc-${traceId}-00f067aa0ba902b7-01-what-comes`), traceId, 'a later version may say more')
  t.end()
})

test('a malformed traceparent gives no trace id', (t) => {
  const malformed = [
    undefined,
    '',
    traceId,
    `ff-${traceId}-00f067aa0ba902b7-01`,
    `0-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId.toUpperCase()}-00f067aa0ba902b7-01`,
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId}-00f067aa0ba902b7`,
    `00-${traceId}-00f067aa0ba902b7-1`,
    `00-${traceId}-00f067aa0ba902b7-01-more`,
    `00-${traceId}-00f067aa0ba902b7-01, 00-${traceId}-00f067aa0ba902b7-01`,
    `cc-${traceId}-00f067aa0ba902b7-01.more`,
    ` 00-${traceId}-00f067aa0ba902b7-01`,
    `00-${traceId.slice(1)}-00f067aa0ba902b7-011`,
    `00-${traceId}-00f067aa0ba902b7-01\n`,
  ]
  for (const value of malformed) t.equal(traceIdOf(value), undefined, JSON.stringify(value))
  t.end()
})
