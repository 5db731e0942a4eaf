import fc from 'fast-check'
import { test } from 'tap'
import { SidecarError } from '../../src/errors.ts'
import { readAnswer } from '../../src/token/answer.ts'
import { anyText } from '../support/any-text.ts'
import { failure, jwt } from './rig.ts'

const wallSentAt = 1_700_000_000_000

async function read(content: unknown) {
  const text = typeof content === 'string' ? content : JSON.stringify(content)
  return readAnswer(Buffer.from(text), wallSentAt)
}

test('an answer as the bank gives it', async (t) => {
  const token = jwt({ iat: 1000, exp: 1300, thumbprint: 'AB12' })
  t.strictSame(await read({ access_token: token, expires_in: '300' }), {
    value: token,
    lifetimeMs: 300_000,
    thumbprint: 'AB12',
    dated: true,
  })
})

test('a token need not be a JWT, and a JWT need not name a thumbprint', async (t) => {
  for (const token of ['opaque', 'a.b.c', 'a.!.c', 'a..c', '.', jwt({ thumbprint: 7 }), 'x'.repeat(16_384)]) {
    const answer = await read({ access_token: token, expires_in: 60 })
    t.match(answer, { value: token, lifetimeMs: 60_000, thumbprint: null, dated: false })
  }
})

test('without expires_in, the dates of the JWT count', async (t) => {
  t.match(await read({ access_token: jwt({ iat: 1000, exp: 1060 }) }), { lifetimeMs: 60_000 })
})

test('nonsense is refused with a reason, and without a word of what it contains', async (t) => {
  const rows: [unknown, RegExp][] = [
    ['', /an empty body/],
    ['<html>secret</html>', /no JSON$/],
    ['{"access_token": "secret"', /no JSON$/],
    ['"secret"', /no JSON object/],
    ['null', /no JSON object/],
    [['secret'], /no JSON object/],
    [{ expires_in: '300' }, /access_token is missing/],
    [{ access_token: null, expires_in: '300' }, /is no string/],
    [{ access_token: ['secret'], expires_in: '300' }, /is no string/],
    [{ access_token: '', expires_in: '300' }, /is empty/],
    [{ access_token: 'x'.repeat(16_385), expires_in: '300' }, /is too long/],
    [{ access_token: 'secret\r\nx: y', expires_in: '300' }, /characters that no token has/],
    [{ access_token: 'secret secret', expires_in: '300' }, /characters that no token has/],
    [{ access_token: 'secrét', expires_in: '300' }, /characters that no token has/],
    [{ access_token: 'secret', expires_in: 'secret' }, /expires_in is no sensible number/],
    [{ access_token: 'secret' }, /neither expires_in nor the token/],
  ]
  for (const [content, expected] of rows) {
    const error = await failure(read(content))
    t.match(error, { code: 'token_unavailable', message: expected })
    t.notMatch(error.message, 'secret')
    t.equal(error.cause, undefined)
  }
  t.throws(() => readAnswer(Buffer.from([0x22, 0xff, 0x22]), wallSentAt), { message: /no JSON$/ })
})

test('whatever is answered, a token that is accepted can stand in a header for a bounded time', async () => {
  // fast-check's own URLs make a table of all code points first.
  const url = anyText().map((text) => `https://bank.example/${encodeURIComponent(text)}`)
  const token = fc.oneof(anyText(), fc.string(), url, fc.anything())
  const body = fc.oneof(
    fc.json(),
    anyText(),
    fc.record({ access_token: token, expires_in: fc.anything() }).map((content) => JSON.stringify(content)),
    fc.tuple(fc.string(), fc.integer({ max: 90_000 })).map(([text, seconds]) => {
      return JSON.stringify({ access_token: text, expires_in: String(seconds) })
    }),
  )
  await fc.assert(
    fc.asyncProperty(body, async (text) => {
      try {
        const { value, lifetimeMs } = readAnswer(Buffer.from(text), wallSentAt)
        new Headers({ authorization: `Bearer ${value}` })
        return /^[!-~]{1,16384}$/.test(value) && lifetimeMs > 0 && lifetimeMs <= 86_400_000
      } catch (error) {
        return error instanceof SidecarError && error.code === 'token_unavailable'
      }
    }),
  )
})
