import { connect } from 'node:net'
import { type Test, test } from 'tap'
import { type Answer, startApp } from '../support/app.ts'
import { respond, startBank } from '../support/bank.ts'
import { anyAuthority, createAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string> = {}) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { bank, authority, ...running, app: startApp(t, running.apps) }
}

function checkProblem(t: Test, answer: Answer, status: number, code: string, requestSent: string): void {
  t.equal(answer.status, status)
  t.equal(answer.headers['bc-sidecar-error'], code)
  t.equal(answer.headers['content-type'], 'application/problem+json')
  t.match(answer.headers['proxy-status'], /^bc-sidecar; error=/)
  t.match(answer.json, {
    type: `urn:bc-sidecar:problem:${code}`,
    status,
    code,
    requestSent,
    environment: 'test',
  })
  t.ok(answer.json['requestId'] && answer.json['title'] && answer.json['detail'])
}

test('a bank that is away: nothing was sent', async (t) => {
  const { bank, app } = await start(t)
  await bank.api.close()
  checkProblem(t, await app.call({ method: 'POST', path: '/p', body: 'x' }), 502, 'bank_unreachable', 'no')
})

test('a bank that hangs up after reading: a payment may have been made, and was seen once', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ socket }) => void socket.destroy()
  const answer = await app.call({ method: 'POST', path: '/p', body: 'x' })
  checkProblem(t, answer, 502, 'bank_connection_lost', 'maybe')
  t.equal(bank.api.requests.length, 1)
})

test('a bank that does not answer in time', async (t) => {
  const { bank, app } = await start(t, { BC_RESPONSE_TIMEOUT_MS: '1000' })
  bank.api.handler = () => undefined
  checkProblem(t, await app.call({ method: 'POST', path: '/p', body: 'x' }), 504, 'bank_timeout', 'maybe')
  t.equal(bank.api.requests.length, 1)
})

test('a bank that does not speak HTTP', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ socket }) => void socket.end('BANANA\r\n\r\n')
  checkProblem(t, await app.call({ path: '/a' }), 502, 'bank_protocol_error', 'maybe')
})

test('an answer that breaks off reaches the app as broken', async (t) => {
  const { bank, app, requests } = await start(t)
  bank.api.handler = ({ response, socket }) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('half', () => socket.destroy())
  }
  await t.rejects(app.call({ path: '/a' }))
  await until(() => requests().length === 1)
  t.match(requests()[0], { status: 200, origin: 'bank', code: 'bank_connection_lost', requestSent: 'maybe' })
})

test('no token: refused credentials, throttled, unavailable', async (t) => {
  for (const [status, expected, code] of [
    [401, 502, 'credentials_rejected'],
    [403, 502, 'credentials_rejected'],
    [429, 503, 'token_throttled'],
    [500, 503, 'token_unavailable'],
  ] as const) {
    const authority = await anyAuthority()
    const bank = await startBank(t, { authority })
    bank.authorization.accepts = () => true
    bank.authorization.handler = ({ response }) => respond(response, status, {})
    const running = await startTestSidecar(t, { bank, authority, ready: false })
    const answer = await startApp(t, running.apps).call({ method: 'POST', path: '/p', body: 'x' })
    checkProblem(t, answer, expected, code, 'no')
    if (expected === 503) t.match(answer.headers['retry-after'], /^[1-9]\d*$/)
    t.equal(bank.api.requests.length, 0)
  }
})

test('an untrusted bank gets neither token nor request', async (t) => {
  const authority = await anyAuthority()
  const stranger = await createAuthority({ name: 'stranger' })
  const bank = await startBank(t, { authority, server: await stranger.server() })
  const running = await startTestSidecar(t, { bank, authority, ready: false })
  const answer = await startApp(t, running.apps).call({ path: '/a' })
  checkProblem(t, answer, 503, 'token_unavailable', 'no')
  t.equal(bank.authorization.requests.length + bank.api.requests.length, 0)
})

test('an app that hangs up before the answer does not stop the payment, and the log says so', async (t) => {
  const { bank, app, apps, requests } = await start(t)
  let answer = (): void => undefined
  bank.api.handler = ({ response }) => {
    answer = () => respond(response, 201, { paymentId: 'p1' })
  }
  const { port } = new URL(apps)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('POST /api/v1/payments/singles HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}')
  await until(() => bank.api.requests.length === 1)
  socket.destroy()
  await until(() => socket.closed)
  // What the sidecar answers after the close has reached it, it answers knowing of it.
  for (let call = 0; call < 3; call += 1) await app.call({ path: '/refused', headers: { origin: 'null' } })
  answer()
  await until(() => requests().length === 4)
  t.match(requests()[3], { status: 499, requestSent: 'maybe', origin: 'bank', bankStatus: 201 })
  t.equal(bank.api.requests[0]?.complete, true)
})

test('an app that hangs up in the middle of its upload: the bank sees no whole request', async (t) => {
  const { bank, apps, requests } = await start(t)
  const { port } = new URL(apps)
  const socket = connect(Number(port), '127.0.0.1')
  socket.write('POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf')
  await until(() => bank.api.requests.length === 1)
  socket.destroy()
  await until(() => requests().length === 1)
  t.equal(bank.api.requests[0]?.complete, false)
  t.match(requests()[0], { status: 499, requestSent: 'maybe' })
})
