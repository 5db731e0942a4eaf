import fc from 'fast-check'
import { test } from 'tap'
import { lifetimeOf } from '../../src/token/lifetime.ts'

const wallSentAt = 1_700_000_000_000
const now = wallSentAt / 1000

test('the lifetime is the smaller of what the answer and the JWT say', async (t) => {
  const rows = [
    { expiresIn: '300', claims: undefined, seconds: 300 },
    { expiresIn: 300, claims: undefined, seconds: 300 },
    { expiresIn: '0.5', claims: undefined, seconds: 0.5 },
    { expiresIn: '300', claims: { iat: 5, exp: 65 }, seconds: 60 },
    { expiresIn: '30', claims: { iat: 5, exp: 305 }, seconds: 30 },
    { expiresIn: '300', claims: { exp: now + 10 }, seconds: 300 },
    { expiresIn: '300', claims: { exp: 'soon', iat: 1 }, seconds: 300 },
    { expiresIn: '300', claims: { iat: 0, exp: 999_999 }, seconds: 300 },
    { expiresIn: undefined, claims: { iat: 5, exp: 305 }, seconds: 300 },
    { expiresIn: null, claims: { iat: 5, exp: 305 }, seconds: 300 },
    { expiresIn: undefined, claims: { exp: now + 10 }, seconds: 10 },
    { expiresIn: 86_400, claims: undefined, seconds: 86_400 },
  ]
  for (const { seconds, ...options } of rows) {
    t.strictSame(lifetimeOf({ ...options, wallSentAt }), { kind: 'known', lifetimeMs: seconds * 1000 })
  }
})

test('lifetimes that make no sense are refused', async (t) => {
  const words = [
    '-1',
    '0',
    '',
    ' ',
    'soon',
    '3e2',
    '0x12c',
    '300s',
    ' 300',
    '+300',
    '86401',
    '9999999999',
    'NaN',
  ]
  const others = [-1, 0, Number.NaN, Number.POSITIVE_INFINITY, 86_400.5, true, [], ['300'], {}]
  for (const expiresIn of [...words, ...others]) {
    const options = { expiresIn, claims: { iat: 0, exp: 300 }, wallSentAt }
    t.equal(lifetimeOf(options).kind, 'nonsense', JSON.stringify(expiresIn))
  }
  const claims = [{}, { exp: 'x' }, { iat: 300, exp: 300 }, { iat: 300, exp: 0 }, { iat: 0, exp: 86_401 }]
  for (const claim of claims) {
    t.equal(lifetimeOf({ expiresIn: undefined, claims: claim, wallSentAt }).kind, 'nonsense')
  }
  t.equal(lifetimeOf({ expiresIn: '300', claims: { iat: 9, exp: 1 }, wallSentAt }).kind, 'nonsense')
})

test('whatever stands there, a known lifetime is more than nothing and at most a day', async () => {
  const claims = fc.option(fc.record({ iat: fc.anything(), exp: fc.anything() }), { nil: undefined })
  const expiresIn = fc.oneof(fc.anything(), fc.integer().map(String), fc.double())
  fc.assert(
    fc.property(expiresIn, claims, (said, own) => {
      const lifetime = lifetimeOf({ expiresIn: said, claims: own, wallSentAt })
      return lifetime.kind === 'nonsense' || (lifetime.lifetimeMs > 0 && lifetime.lifetimeMs <= 86_400_000)
    }),
  )
})
