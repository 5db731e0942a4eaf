import fc from 'fast-check'
import { test } from 'tap'
import { routeTemplate } from '../../src/logging/route.ts'

const id = '0f8fad5b-d9cb-469f-a165-70867728950e'
const table: readonly [path: string, route: string][] = [
  ['/', '/'],
  ['/api/v1/accounts', '/api/v1/accounts'],
  ['/api/v1/accounts/', '/api/v1/accounts/'],
  ['/api/v12/payments/singles', '/api/v12/payments/singles'],
  [`/api/v1/accounts/${id}/balances?from=${id}`, '/api/v1/accounts/:id/balances'],
  [`/api/v1/payments/${id.toUpperCase()}#part`, '/api/v1/payments/:id'],
  ['/api/v1/payments/credit-transfer-instructions', '/api/v1/payments/credit-transfer-instructions'],
  ['/reports/payment_status/accountBalances', '/reports/payment_status/accountBalances'],
  ['/a/12345', '/:id/:id'],
  ['/accounts/DK5000400440116243', '/accounts/:id'],
  ['/accounts/SXPYDKKK', '/accounts/:id'],
  ['/accounts/v100', '/accounts/:id'],
  ['/accounts/r2d', '/accounts/:id'],
  ['/accounts/caf%C3%A9', '/accounts/:id'],
  ['/accounts/jane@example.org', '/accounts/:id'],
  ['/accounts/matrix;id=abc', '/accounts/:id'],
  ['/accounts/abcdefab-cdef-abcd-efab-cdefabcdefab', '/accounts/:id'],
  [`/${'a'.repeat(21)}/${'ab-'.repeat(20)}cd`, '/:id/:id'],
  ['/aa//bb', '/aa//bb'],
  [`/${'ab/'.repeat(40)}`, `/${'ab/'.repeat(12)}:rest`],
  ['https://bank/accounts', ':malformed'],
  ['', ':malformed'],
]

test('identifiers are replaced, words and versions stay, the query goes', (t) => {
  for (const [path, route] of table) t.equal(routeTemplate(path), route, path)
  t.end()
})

test('whatever the path, the route is short, plainly written, and holds no number of three digits', (t) => {
  const segment = fc.oneof(
    fc.uuid(),
    fc.integer({ min: 100 }).map(String),
    fc.stringMatching(/^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$/),
    fc.stringMatching(/^[a-zA-Z0-9_-]{0,40}$/),
    fc.string({ maxLength: 30 }),
    fc.constantFrom('api', 'v1', 'accounts', '%2f', '..'),
  )
  fc.assert(
    fc.property(fc.array(segment, { maxLength: 30 }), fc.boolean(), (segments, absolute) => {
      const route = routeTemplate((absolute ? '/' : '') + segments.join('/'))
      return /^[A-Za-z0-9/:_-]*$/.test(route) && !/\d{3}/.test(route) && route.length <= 12 * 49 + 8
    }),
    { numRuns: 3000 },
  )
  t.end()
})

test('a segment survives with at most two digits, and only as a version', (t) => {
  const mixed = fc.stringMatching(/^[A-Za-z0-9_.~-]{1,48}$/).filter((text) => /\d/.test(text))
  fc.assert(
    fc.property(
      mixed,
      (text) => routeTemplate(`/${text}`) === (/^v\d{1,2}$/.test(text) ? `/${text}` : '/:id'),
    ),
    { numRuns: 3000 },
  )
  t.end()
})
