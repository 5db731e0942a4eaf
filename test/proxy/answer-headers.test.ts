import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { SidecarError } from '../../src/errors.ts'
import { buildAnswerHeaders, declaredLength } from '../../src/proxy/answer-headers.ts'
import { rawHeaders } from '../support/raw-headers.ts'

const bytes = (headers: readonly string[]): Buffer[] => headers.map((text) => Buffer.from(text, 'latin1'))

test('the bank’s headers reach the app as they came: order, repetitions, spelling, bytes', (t) => {
  const raw = rawHeaders(`
    Date: Tue, 01 Jul 2025 10:00:00 GMT
    Set-Cookie: a=1
    Content-Length: 12
    set-cookie: b=2
    Content-Type: application/json
    x-latin: café
    empty:
    Proxy-Status: edge; error=dns_error
    bc-simulator: true
    WWW-Authenticate: Bearer
    b: c`)
  t.equal(raw.length, 22)
  t.same(buildAnswerHeaders(bytes(raw)), raw)
  t.same(buildAnswerHeaders(raw), raw, 'undici may give strings')
  t.same(buildAnswerHeaders([]), [])
  t.end()
})

const left = [
  'Connection',
  'Keep-Alive',
  'TE',
  'Trailer',
  'Upgrade',
  'Proxy-Connection',
  'Proxy-Authenticate',
  'Proxy-Authentication-Info',
  'bc-sidecar-error',
  'BC-Sidecar-',
  `bc-sidecar-${'x'.repeat(90)}`,
]

test('what describes the bank’s connection, or passes for ours, stays behind in any spelling', (t) => {
  for (const name of left) {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
      t.same(buildAnswerHeaders(bytes(['a', '1', spelled, '2', 'z', '3'])), ['a', '1', 'z', '3'], spelled)
    }
  }
  t.end()
})

test('headers that Connection names stay behind, wherever they stand', (t) => {
  const raw = [
    'X-One',
    '1',
    'a',
    '1',
    'Connection',
    'x-one',
    'connection',
    ' X-Two ,close',
    'x-two',
    '2',
    'z',
    '3',
  ]
  t.same(buildAnswerHeaders(bytes(raw)), ['a', '1', 'z', '3'])
  t.end()
})

test('a length beside chunks, or a second length, does not frame the answer', (t) => {
  t.same(buildAnswerHeaders(['Content-Length', '5', 'Transfer-Encoding', 'Chunked', 'a', '1']), ['a', '1'])
  t.same(buildAnswerHeaders(['Content-Length', '5', 'content-length', '6', 'a', '1']), ['a', '1'])
  t.same(buildAnswerHeaders(['transfer-encoding', 'chunked', 'a', '1']), ['a', '1'])
  t.end()
})

test('a body in a coding that nobody undoes is no answer', (t) => {
  for (const coding of ['gzip, chunked', 'chunked, gzip', 'gzip', 'identity', '']) {
    try {
      buildAnswerHeaders(['Transfer-Encoding', coding])
      t.fail('was let through')
    } catch (error) {
      t.ok(error instanceof SidecarError)
      t.match(error, { code: 'bank_protocol_error', requestSent: 'maybe' }, coding)
    }
  }
  t.end()
})

const name = fc.oneof(
  fc.constantFrom(...left, 'content-length', 'x-a', 'set-cookie'),
  fc.stringMatching(/^[\w!#$%&'*+.^`|~-]{1,16}$/),
)
const value = fc.oneof(
  fc.constantFrom('close', 'x-a', 'bc-sidecar-error'),
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,8}$/),
)

test('whatever the bank sends, no header of ours or of its connection comes through', (t) => {
  const property = fc.property(fc.array(fc.tuple(name, value), { maxLength: 10 }), (pairs) => {
    fc.pre(pairs.every(([name]) => name.toLowerCase() !== 'transfer-encoding'))
    const headers = buildAnswerHeaders(bytes(pairs.flat()))
    const of = (wanted: string) => pairs.filter(([name]) => name.toLowerCase() === wanted)
    const named = of('connection').flatMap(([, list]) => list.split(/[\s,]+/))
    const gone = new Set([...left, ...named].map((name) => name.toLowerCase()))
    if (of('content-length').length > 1) gone.add('content-length')
    const kept = pairs.filter(([name]) => !gone.has(name.toLowerCase()) && !/^bc-sidecar-/i.test(name))
    assert.deepEqual(headers, kept.flat())
  })
  fc.assert(property, { numRuns: 1_000 })
  t.end()
})

test('the declared length is read whatever its case, and is no number without one', async (t) => {
  t.equal(declaredLength(['Date', 'x', 'Content-LENGTH', '17']), 17)
  t.ok(Number.isNaN(declaredLength(['date', 'x', 'x-content-long', '17'])))
})
