import { decodeJwt, decodeProtectedHeader, UnsecuredJWT } from 'jose'
import { test } from 'tap'
import { placeholderBody, placeholderToken } from '../../src/proxy/placeholder.ts'

test('the placeholder is an unsigned JWT that lasts as long as a token of the bank', (t) => {
  const token = placeholderToken(1_700_000_000.9)
  t.same(decodeProtectedHeader(token), { alg: 'none', typ: 'JWT' })
  const iat = 1_700_000_000
  t.same(decodeJwt(token), { iss: 'bc-sidecar', sub: 'placeholder', iat, nbf: iat, exp: iat + 300 })
  t.ok(UnsecuredJWT.decode(token, { currentDate: new Date(iat * 1000) }), 'a JWT library reads it')
  t.throws(
    () => UnsecuredJWT.decode(token, { currentDate: new Date((iat + 301) * 1000) }),
    'and sees it expire',
  )
  t.end()
})

test('the login answer has the shape of the bank’s', (t) => {
  const body = JSON.parse(placeholderBody(1_700_000_000)) as unknown
  t.strictSame(body, { access_token: placeholderToken(1_700_000_000), expires_in: '300' })
  t.end()
})
