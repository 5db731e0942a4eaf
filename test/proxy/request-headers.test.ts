import assert from 'node:assert/strict'
import fc from 'fast-check'
import { test } from 'tap'
import { readRequestHead } from '../../src/proxy/request-headers.ts'
import { rawHeaders } from '../support/raw-headers.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`

test('headers go to the bank as they came: order, repetitions, spelling, bytes', (t) => {
  const raw = rawHeaders(`
    Accept: application/json
    X-B: 1
    x-b: 2
    Content-Type: text/plain; charset="é"
    X-B: 1
    COOKIE: a=b
    Idempotency-Key: k
    empty:
    traceparent: nonsense
    x-request-id: a b
    proxy: p
    x-forwarded: f
    bc-sidecar: s
    via: 1.1 a
    p: x
    upgrade-insecure-requests: 1
    transfer_encoding: chunked
    x-${'long'.repeat(40)}: v`)
  const head = readRequestHead(raw)
  t.equal(raw.length, 36)
  t.same(head.headers, raw)
  t.equal(head.fault, undefined)
  t.end()
})

const left =
  'Connection Keep-Alive TE Trailer Transfer-Encoding Upgrade HTTP2-Settings Expect Host Content-Length ' +
  'Authorization Forwarded X-Forwarded-For X-Forwarded-Host X-Forwarded- Proxy-Authorization Proxy-Connection ' +
  'Proxy-Status Proxy- BC-Sidecar-Secret bc-sidecar-error bc-sidecar-'
const leftBehind = [...left.split(' '), `x-forwarded-${'a'.repeat(80)}`, `proxy-${'a'.repeat(26)}`]

test('what belongs to one connection, or is the sidecar’s to say, stays behind in any spelling', (t) => {
  for (const name of leftBehind) {
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
      const { headers } = readRequestHead(['a', '1', spelled, '2', 'z', '3'])
      t.same(headers, ['a', '1', 'z', '3'], spelled)
    }
  }
  t.end()
})

test('headers that Connection names stay behind, wherever they stand', (t) => {
  const raw = rawHeaders(`
    X-One: 1
    Accept: a
    Connection: close, x-one ,X-TWO,,
    x-two: 2
    x-two: 3
    connection: Content-Type
    content-type: text/plain
    last: l`)
  t.same(readRequestHead(raw).headers, ['Accept', 'a', 'last', 'l'])
  t.end()
})

test('a usual Connection takes nothing else along', (t) => {
  for (const value of ['keep-alive', 'Keep-Alive', 'close', 'close, TE', 'Upgrade, HTTP2-Settings', '']) {
    t.same(readRequestHead(['a', '1', 'Connection', value, 'b', '2']).headers, ['a', '1', 'b', '2'], value)
  }
  t.end()
})

test('Connection cannot hide from our own checks what it names', (t) => {
  const raw = rawHeaders(`
    Connection: host, origin, sec-fetch-site, bc-sidecar-secret, content-length
    Host: a
    Origin: null
    Sec-Fetch-Site: cross-site
    bc-sidecar-secret: s
    Content-Length: 5`)
  const { headers, ...seen } = readRequestHead(raw)
  t.match(seen, {
    hosts: ['a'],
    hasOrigin: true,
    fetchSite: 'cross-site',
    appSecret: 's',
    contentLength: 5,
  })
  t.same(headers, [])
  t.end()
})

test('one pass finds what the checks and the log need', (t) => {
  const raw = rawHeaders(`
    HOST: localhost:8080
    Content-Length: 12
    BC-Sidecar-Secret: s3
    X-Request-ID: r-1
    TraceParent: ${traceparent}
    Sec-Fetch-Site: none`)
  t.strictSame(readRequestHead(raw), {
    headers: ['X-Request-ID', 'r-1', 'TraceParent', traceparent, 'Sec-Fetch-Site', 'none'],
    hosts: ['localhost:8080'],
    hasOrigin: false,
    fetchSite: 'none',
    expectsContinue: false,
    appSecret: 's3',
    requestId: 'r-1',
    traceId,
    contentLength: 12,
    chunked: false,
    fault: undefined,
  })
  t.end()
})

test('a request without headers has nothing to tell', (t) => {
  const head = readRequestHead([])
  t.same(Object.values(head).flat().filter(Boolean), [])
  t.end()
})

test('fields that must come once are told apart from repeated ones', (t) => {
  t.same(readRequestHead(['Host', 'a', 'host', 'a']).hosts, ['a', 'a'])
  t.equal(readRequestHead(['bc-sidecar-secret', 'a', 'bc-sidecar-secret', 'a']).appSecret, 'a, a')
  t.equal(readRequestHead(['x-request-id', 'a', 'x-request-id', 'b']).requestId, 'a, b')
  t.equal(readRequestHead(['sec-fetch-site', 'none', 'sec-fetch-site', 'none']).fetchSite, 'none, none')
  t.equal(readRequestHead(['traceparent', traceparent, 'traceparent', traceparent]).traceId, undefined)
  t.end()
})

test('a length or a coding that could be read in two ways is a fault', (t) => {
  const codings = [
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    'identity',
    'xchunked',
    '',
    'chunked;a=b',
  ]
  for (const coding of codings) t.type(readRequestHead(['Transfer-Encoding', coding]).fault, 'string', coding)
  for (const length of ['', '+5', '-5', '5,5', '5, 5', '0x5', '5.0', '5e1', ' 5', 'five', '٥']) {
    t.type(readRequestHead(['Content-Length', length]).fault, 'string', length)
  }
  t.type(readRequestHead(['Content-Length', '5', 'content-length', '5']).fault, 'string')
  t.type(readRequestHead(['Content-Length', '5', 'Transfer-Encoding', 'chunked']).fault, 'string')
  t.type(readRequestHead(['Transfer-Encoding', 'chunked', 'Content-Length', '0']).fault, 'string')
  t.type(readRequestHead(['Transfer-Encoding', 'chunked', 'Transfer-Encoding', 'chunked']).fault, 'string')
  t.end()
})

test('one plain length, or chunked in any spelling, is none', (t) => {
  t.match(readRequestHead(['Content-Length', '0']), { contentLength: 0, chunked: false, fault: undefined })
  t.match(readRequestHead(['Content-Length', '007']), { contentLength: 7, fault: undefined })
  t.match(readRequestHead(['Transfer-Encoding', 'Chunked']), {
    contentLength: undefined,
    chunked: true,
    fault: undefined,
  })
  t.end()
})

const known = [
  ...leftBehind,
  'accept',
  'origin',
  'sec-fetch-site',
  'x-request-id',
  'traceparent',
  'content-type',
]
const spelling = fc
  .tuple(fc.constantFrom(...known), fc.boolean())
  .map(([name, up]) => (up ? name.toUpperCase() : name))
const name = fc.oneof(spelling, fc.stringMatching(/^[!#$%&'*+.^_`|~\dA-Za-z-]{1,20}$/))
const value = fc.oneof(
  fc.constantFrom(...known, 'close', 'chunked', '5'),
  fc.stringMatching(/^[\t\x20-\x7e\x80-\xff]{0,8}$/),
)
const anyHeaders = fc.array(fc.tuple(name, value), { maxLength: 12 })

test('whatever comes, nothing reaches the bank that must stay behind, and nothing is invented', (t) => {
  const property = fc.property(anyHeaders, (pairs) => {
    const { headers } = readRequestHead(pairs.flat())
    const named = pairs
      .filter(([name]) => name.toLowerCase() === 'connection')
      .flatMap(([, list]) => list.split(/[\s,]+/))
    const gone = new Set([...leftBehind, ...named].map((name) => name.toLowerCase()))
    const expected = pairs.filter(([name]) => {
      const lower = name.toLowerCase()
      return !gone.has(lower) && !/^(?:proxy-|x-forwarded-|bc-sidecar-)/.test(lower)
    })
    assert.deepEqual(headers, expected.flat())
  })
  fc.assert(property, { numRuns: 1_000 })
  t.end()
})
