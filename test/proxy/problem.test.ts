import assert from 'node:assert/strict'
import { validateHeaderName, validateHeaderValue } from 'node:http'
import fc from 'fast-check'
import { test } from 'tap'
import { type ProblemCode, problems, SidecarError } from '../../src/errors.ts'
import { problemAnswer } from '../../src/proxy/problem.ts'
import { anyText } from '../support/any-text.ts'

const about = { environment: 'sandbox', requestId: 'r-1' }
const codes = Object.keys(problems) as ProblemCode[]

function headersOf(error: SidecarError): Record<string, string> {
  const { headers } = problemAnswer(error, about)
  return Object.fromEntries(
    headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1] ?? '']] : [])),
  )
}

test('a problem is told as RFC 9457 and the interface say', (t) => {
  const unlisted = { ...about, secret: 'is not copied' }
  const error = new SidecarError('bank_timeout', 'no answer for 60 s – ask the bank', {
    requestSent: 'maybe',
  })
  const { status, body } = problemAnswer(error, unlisted)
  t.equal(status, 504)
  t.strictSame(JSON.parse(body), {
    type: 'urn:bc-sidecar:problem:bank_timeout',
    title: 'The bank did not answer in time',
    status: 504,
    detail: 'no answer for 60 s – ask the bank',
    code: 'bank_timeout',
    ...about,
    requestSent: 'maybe',
  })
  t.strictSame(headersOf(error), {
    'content-type': 'application/problem+json',
    'content-length': String(Buffer.byteLength(body)),
    'cache-control': 'no-store',
    'bc-sidecar-error': 'bank_timeout',
    'proxy-status': 'bc-sidecar; error=http_response_timeout; details="no answer for 60 s ? ask the bank"',
  })
  t.end()
})

test('every code has an answer with its own status, type and registered proxy error', (t) => {
  for (const code of codes) {
    const error = new SidecarError(code, 'a detail')
    const { status, body } = problemAnswer(error, about)
    t.equal(status, problems[code].status)
    t.match(JSON.parse(body), { code, status, requestSent: 'no', type: `urn:bc-sidecar:problem:${code}` })
    t.match(headersOf(error)['proxy-status'], /^bc-sidecar; error=[a-z_]+; details="a detail"$/, code)
  }
  t.end()
})

test('Retry-After is whole seconds, at least one, where trying again makes sense', (t) => {
  const after = (code: ProblemCode, retryAfterSeconds?: number): string | undefined =>
    headersOf(new SidecarError(code, 'x', retryAfterSeconds === undefined ? {} : { retryAfterSeconds }))[
      'retry-after'
    ]
  t.equal(after('token_throttled', 12.2), '13')
  t.equal(after('token_unavailable', 0), '1')
  t.equal(after('bank_unreachable', 3), '3')
  for (const code of ['overloaded', 'draining', 'token_unavailable', 'token_throttled'] as const) {
    t.equal(after(code), '1', code)
  }
  t.equal(after('bank_timeout'), undefined)
  t.end()
})

test('a method that is not forwarded is told which ones are', (t) => {
  const { allow } = headersOf(new SidecarError('method_not_allowed', 'TRACE'))
  t.equal(allow, 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  t.end()
})

test('no detail, whatever it repeats of the app, breaks a header or the body', (t) => {
  const property = fc.property(fc.constantFrom(...codes), anyText({ maxLength: 400 }), (code, detail) => {
    const { headers, body } = problemAnswer(new SidecarError(code, detail), about)
    for (let at = 0; at < headers.length; at += 2) {
      validateHeaderName(headers[at] ?? '')
      validateHeaderValue(headers[at] ?? '', headers[at + 1] ?? '')
    }
    const status = headers[headers.indexOf('proxy-status') + 1] ?? ''
    assert.match(status, /^bc-sidecar; error=[a-z_]+; details="(?:[\x20\x21\x23-\x5b\x5d-\x7e]|\\["\\])*"$/)
    assert.equal(headers[headers.indexOf('content-length') + 1], String(Buffer.byteLength(body)))
    assert.equal((JSON.parse(body) as { detail: string }).detail, detail)
  })
  fc.assert(property)
  t.end()
})
