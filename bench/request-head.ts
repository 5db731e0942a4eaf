import { createAccessRules } from '../src/proxy/access-rules.ts'
import { buildAnswerHeaders } from '../src/proxy/answer-headers.ts'
import { readRequestHead } from '../src/proxy/request-headers.ts'
import { checkPath } from '../src/proxy/request-path.ts'
import { rawHeaders } from '../test/support/raw-headers.ts'

// What each pure part of the pipeline costs, in ns; run with type stripping (Node.js 24: plain `node`).

/** Fresh strings, as Node.js's parser makes them: literals would be found by their address. */
const fresh = (texts: readonly string[]): string[] =>
  texts.map((text) => Buffer.from(text, 'latin1').toString('latin1'))

const requestHeaders = fresh(
  rawHeaders(`
    Host: localhost:8080
    Accept: application/json
    User-Agent: axios/1.7.2
    Content-Type: application/json
    Accept-Encoding: gzip, deflate, br
    Content-Length: 1024
    Connection: keep-alive
    traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
    x-request-id: r-12345`),
)
const answerHeaders = rawHeaders(`
    Date: Tue, 01 Jul 2025 10:00:00 GMT
    Content-Type: application/json; charset=utf-8
    Content-Length: 1024
    Connection: keep-alive
    Keep-Alive: timeout=5
    Cache-Control: no-store
    x-correlation-id: 0f1e2d3c
    Strict-Transport-Security: max-age=31536000`).map((text) => Buffer.from(text, 'latin1'))

/** Kept, so that the work is not optimised away. */
export let kept: unknown

function measure(name: string, work: () => unknown): void {
  const rounds = 200_000
  let best = Number.POSITIVE_INFINITY
  for (let run = 0; run < 7; run += 1) {
    const start = process.hrtime.bigint()
    for (let n = 0; n < rounds; n += 1) kept = work()
    best = Math.min(best, Number(process.hrtime.bigint() - start) / rounds)
  }
  console.log(`${name.padEnd(32)} ${best.toFixed(0).padStart(6)} ns`)
}

measure('request head', () => readRequestHead(requestHeaders))
measure('answer headers', () => buildAnswerHeaders(answerHeaders))
measure('plain path', () =>
  checkPath('/api/v1/accounts/5f8a2c1e-0b1d-4c3a-9e7f-1a2b3c4d5e6f/balances?PageSize=25'),
)
measure('path with an escape', () => checkPath('/api/v1/accounts/caf%C3%A9/balances?PageSize=25'))
for (const count of [1, 10, 1_000]) {
  const rules = Array.from({ length: count }, (_, n) => `GET /api/v1/route${n}/*/balances`)
  const decide = createAccessRules([...rules, 'GET /api/v1/accounts/*/balances'])
  measure(`${count + 1} rules`, () =>
    decide('GET', '/api/v1/accounts/5f8a2c1e-0b1d-4c3a-9e7f-1a2b3c4d5e6f/balances'),
  )
}
