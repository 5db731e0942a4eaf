import { decodeJwt, decodeProtectedHeader } from 'jose'
import { test } from 'tap'
import { createThrottle } from '../../src/simulator/throttle.ts'
import { createTokens } from '../../src/simulator/tokens.ts'
import { generateKeys } from './bank-client.ts'

const thumbprint = 'A'.repeat(40)

test('a token is a JWT of about 1.1 KB with the claims of the bank’s example', async (t) => {
  const tokens = createTokens({ keys: await generateKeys(), ttlSeconds: 300, now: () => 1_700_000_000_900 })
  const token = await tokens.issue(thumbprint)
  t.ok(token.length > 1000 && token.length < 1200, `${token.length} bytes`)
  t.match(decodeProtectedHeader(token), { alg: 'RS256', typ: 'JWT', kid: String })
  const claims = decodeJwt(token)
  t.match(claims, {
    iss: String,
    aud: String,
    azp: String,
    sub: String,
    oid: String,
    name: 'API Testuser',
    userType: '4',
    ver: String,
    iat: 1_700_000_000,
    nbf: 1_700_000_000,
    exp: 1_700_000_300,
    thumbprint,
  })
})

test('a token holds for its lifetime, over its certificate, here', async (t) => {
  let now = 0
  const tokens = createTokens({ keys: await generateKeys(), ttlSeconds: 5, now: () => now })
  const token = await tokens.issue(thumbprint)
  t.ok(tokens.holds(token, thumbprint))
  t.notOk(tokens.holds(token, 'B'.repeat(40)), 'another certificate')
  t.notOk(tokens.holds('another', thumbprint), 'never issued')
  now = 4999
  t.ok(tokens.holds(token, thumbprint))
  now = 5000
  t.notOk(tokens.holds(token, thumbprint), 'expired')
  const next = await tokens.issue(thumbprint)
  now = 0
  t.notOk(tokens.holds(token, thumbprint), 'forgotten when the next was issued')
  t.ok(tokens.holds(next, thumbprint))
})

test('a token with another thumbprint in its claim works over its certificate', async (t) => {
  const tokens = createTokens({ keys: await generateKeys(), ttlSeconds: 5, now: () => 0 })
  const token = await tokens.issue(thumbprint, 'C'.repeat(40))
  t.equal(decodeJwt(token)['thumbprint'], 'C'.repeat(40))
  t.ok(tokens.holds(token, thumbprint))
})

test('the throttle counts what it admits, for each address, in any minute', (t) => {
  let now = 0
  const throttle = createThrottle({ perMinute: 2, now: () => now })
  const admitted = (address: string) => throttle.admits(address)
  t.strictSame([admitted('a'), admitted('a'), admitted('a'), admitted('b')], [true, true, false, true])
  now = 59_999
  t.notOk(admitted('a'))
  now = 60_000
  t.strictSame([admitted('a'), admitted('a'), admitted('a')], [true, true, false])
  t.end()
})
