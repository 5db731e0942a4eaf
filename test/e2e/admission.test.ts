import { type Test, test } from 'tap'
import { routeTemplate } from '../../src/logging/route.ts'
import { type Call, startApp } from '../support/app.ts'
import { respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startRawListener } from '../support/raw-listener.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string> = {}) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { bank, ...running, app: startApp(t, running.apps) }
}

test('what is refused is refused before anything is sent', async (t) => {
  const { bank, app } = await start(t, {
    BC_ALLOW: 'GET /api/v1/accounts/*, POST /api/**',
    BC_BODY_LIMIT_BYTES: '100',
  })
  const cases: [Call, number, string][] = [
    [{ path: '/api/v1/accounts/1', headers: { host: 'evil.example' } }, 403, 'host_not_allowed'],
    [{ path: '/api/v1/accounts/1', headers: { origin: 'null' } }, 403, 'cross_site_request'],
    [{ path: '/api/v1/accounts/1', headers: { 'sec-fetch-site': 'cross-site' } }, 403, 'cross_site_request'],
    [{ path: '/other' }, 403, 'route_not_allowed'],
    [{ path: '/api/v1/accounts/1/balances' }, 403, 'route_not_allowed'],
    [{ path: '/api/v1/accounts/1/../2' }, 400, 'invalid_request'],
    [{ path: '/api/v1/accounts/%2e%2e' }, 400, 'invalid_request'],
    [{ path: '/api/v1/accounts/a%2fb' }, 400, 'invalid_request'],
    [{ path: 'http://localhost/api/v1/accounts/1' }, 400, 'invalid_request'],
    [{ method: 'TRACE', path: '/api/v1/accounts/1' }, 405, 'method_not_allowed'],
    [{ path: '/api/v1/accounts/1', body: 'x' }, 400, 'invalid_request'],
    [
      { method: 'POST', path: '/api/x', body: 'x'.repeat(101), headers: { 'content-length': 101 } },
      413,
      'body_too_large',
    ],
  ]
  for (const [call, status, code] of cases) {
    const answer = await app.call(call)
    t.match(answer, { status, headers: { 'bc-sidecar-error': code } }, code)
    t.equal(answer.json['requestSent'], 'no')
  }
  t.equal(bank.api.requests.length, 0)
  t.equal((await app.call({ path: '/api/v1/accounts/1' })).status, 200)
  t.equal((await app.call({ method: 'HEAD', path: '/api/v1/accounts/1' })).status, 200)
})

test('a chunked body over the limit is broken off', async (t) => {
  const { bank, app } = await start(t, { BC_BODY_LIMIT_BYTES: '100000' })
  const answer = await app.call({
    method: 'POST',
    path: '/p',
    body: Array.from({ length: 20 }, () => Buffer.alloc(10_000)),
  })
  t.match(answer, { status: 413, headers: { 'bc-sidecar-error': 'body_too_large', connection: 'close' } })
  t.equal(bank.api.requests.filter(({ complete }) => complete).length, 0)
})

test('one request over the limit is answered at once, and the others are not disturbed', async (t) => {
  const { bank, app } = await start(t, { BC_MAX_IN_FLIGHT: '3' })
  const waiting: (() => void)[] = []
  bank.api.handler = ({ response }) => void waiting.push(() => respond(response, 200, {}))
  const calls = Array.from({ length: 3 }, () => app.call({ path: '/a' }))
  await until(() => waiting.length === 3)
  const refused = await app.call({ path: '/a' })
  t.match(refused, { status: 503, headers: { 'bc-sidecar-error': 'overloaded', 'retry-after': '1' } })
  for (const answer of waiting) answer()
  t.ok((await Promise.all(calls)).every(({ status }) => status === 200))
  bank.api.handler = ({ response }) => respond(response, 200, {})
  t.equal((await app.call({ path: '/a' })).status, 200)
})

test('while draining, requests in flight finish and new ones are turned away', async (t) => {
  const { bank, app, sidecar } = await start(t)
  let answer = (): void => undefined
  bank.api.handler = ({ response }) => {
    answer = () => respond(response, 201, {})
  }
  const payment = app.call({ method: 'POST', path: '/p', body: '{}' })
  await until(() => bank.api.requests.length === 1)
  const stopped = sidecar.stop()
  const refused = await until(async () => {
    const late = await app.call({ path: '/a' })
    return late.status === 503 ? late : undefined
  })
  t.match(refused.headers, { 'bc-sidecar-error': 'draining', connection: 'close', 'retry-after': /\d/ })
  answer()
  t.equal((await payment).status, 201)
  await stopped
})

test('to listen for other machines without a secret works, and is warned about', async (t) => {
  const { app, lines } = await start(t, { BC_ALLOW_REMOTE: 'true', BC_LISTEN: '0.0.0.0:0' })
  t.match(
    lines.filter(({ event }) => event === 'warning'),
    [{ level: 'warn', environment: 'test', msg: /BC_APP_SECRET_FILE/ }],
  )
  t.equal((await app.call({ path: '/a', headers: { host: 'localhost' } })).status, 200)
})

test('of a connection with two requests in flight, the last answer tells that nothing more is served', async (t) => {
  let draining = false
  const listener = await startRawListener(t, { draining: () => draining })
  const held: (() => void)[] = []
  listener.bank.api.handler = ({ response }) => void held.push(() => respond(response, 200, 'ok'))
  const app = await listener.connect()
  app.write('GET /a HTTP/1.1\r\nHost: localhost\r\n\r\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n')
  await until(() => held.length === 2)
  draining = true
  for (const answer of held) answer()
  const [first, second] = await app.closed()
  t.match(first, { status: 200, body: 'ok', headers: { connection: 'keep-alive' } })
  t.match(second, { status: 200, body: 'ok', headers: { connection: 'close' } })
})

test('an answer of the sidecar to what was in flight tells that nothing more is served, too', async (t) => {
  let draining = false
  const listener = await startRawListener(t, { draining: () => draining })
  const { api } = listener.bank
  api.handler = ({ socket }) => void socket.destroy()
  const app = await listener.connect()
  const get = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'
  app.write(get)
  t.match(await app.answer(), { status: 502, headers: { connection: 'keep-alive' } })
  api.handler = ({ socket }) => {
    draining = true
    socket.destroy()
  }
  app.write(get)
  t.match((await app.closed()).at(-1), { status: 502, headers: { connection: 'close' } })
})

test('what is refused is in the log by its route', async (t) => {
  let draining = false
  const listener = await startRawListener(t, {
    draining: () => draining,
    routeOf: routeTemplate,
    acceptsSecret: () => false,
  })
  const app = await listener.connect()
  const refused = async (head: string): Promise<unknown> => {
    const count = listener.records.length
    app.write(`${head}\r\n\r\n`)
    await until(() => listener.records.length > count)
    return listener.records.at(-1)
  }
  const get = 'GET /api/v1/accounts/4711?x=y HTTP/1.1\r\nHost: '
  const route = '/api/v1/accounts/:id'
  t.match(await refused(`${get}elsewhere`), { code: 'host_not_allowed', route })
  t.match(await refused(`${get}localhost\r\nOrigin: null`), { code: 'cross_site_request', route })
  t.match(await refused(`${get}localhost`), { code: 'app_not_authenticated', route })
  t.match(await refused('GET /a/../b HTTP/1.1\r\nHost: elsewhere'), { route: ':malformed' })
  draining = true
  t.match(await refused(`${get}localhost`), { code: 'draining', route })
})
