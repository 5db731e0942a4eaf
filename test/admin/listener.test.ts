import { test } from 'tap'
import { openAdmin } from './admin-server.ts'
import { environmentReport } from './reports.ts'

const notReady = environmentReport({
  name: 'production',
  ready: false,
  reason: 'no certificate',
  everHeldToken: false,
})

test('the process is live while it runs, whatever its environments are', async (t) => {
  const { ask, state } = await openAdmin(t)
  state.environments = [notReady]
  state.draining = true
  t.match(await ask('/livez'), { status: 200, body: '{"ok":true}' })
})

test('probes answer 200 or 503, and say why', async (t) => {
  const { ask, state } = await openAdmin(t)
  t.equal((await ask('/startupz')).status, 200)
  t.equal((await ask('/readyz')).status, 200)
  state.environments = [environmentReport(), notReady]
  for (const path of ['/startupz', '/readyz']) {
    const { status, body } = await ask(path)
    t.equal(status, 503)
    t.same(JSON.parse(body).reasons, ['production: no certificate'])
  }
  state.environments = [environmentReport()]
  state.draining = true
  t.equal((await ask('/startupz')).status, 200)
  t.equal((await ask('/readyz')).status, 503)
})

test('the status is JSON', async (t) => {
  const { ask } = await openAdmin(t)
  const { status, headers, body } = await ask('/status')
  t.equal(status, 200)
  t.match(headers, { 'content-type': /^application\/json/, 'cache-control': 'no-store' })
  t.match(JSON.parse(body), { environments: { sandbox: { certificate: {}, token: {}, traffic: {} } } })
})

test('the metrics are Prometheus text', async (t) => {
  const { ask } = await openAdmin(t)
  const { status, headers, body } = await ask('/metrics')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8')
  t.match(body, 'bc_sidecar_requests_in_flight{environment="sandbox"} 2')
})

test('HEAD is answered as GET is, without the body', async (t) => {
  const { ask } = await openAdmin(t)
  for (const path of ['/', '/livez', '/readyz', '/metrics', '/status']) {
    const { status, body } = await ask(path, ['Host', 'localhost'], 'HEAD')
    t.same([status, body], [200, ''], path)
  }
})

test('a Host that is missing, repeated, or of someone else is refused on every path', async (t) => {
  const { ask, say, port } = await openAdmin(t)
  const hosts = [
    ['Host', 'evil.example'],
    ['Host', ''],
    ['Host', 'localhost', 'Host', 'localhost'],
  ]
  for (const path of ['/', '/livez', '/readyz', '/metrics', '/status', '/nowhere']) {
    for (const host of hosts) {
      const { status, headers, body } = await ask(path, host)
      t.equal(status, 403)
      t.match(headers, { 'bc-sidecar-error': 'host_not_allowed', 'content-type': 'application/problem+json' })
      t.match(JSON.parse(body), {
        type: 'urn:bc-sidecar:problem:host_not_allowed',
        status: 403,
        code: 'host_not_allowed',
        requestSent: 'no',
      })
    }
  }
  t.match(await say('GET /livez HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 403/)
  t.match(await ask('/livez', ['Host', 'evil.example']), { body: /BC_ALLOWED_HOSTS/ })
  for (const host of ['127.0.0.1:1', `[::1]:${port}`, 'sidecar.internal:99'])
    t.equal((await ask('/livez', ['Host', host])).status, 200, host)
})

test('web pages of others are refused, a person at the address bar and our own page are not', async (t) => {
  const { ask } = await openAdmin(t)
  const foreign = [
    ['Origin', 'https://evil.example'],
    ['Origin', 'null'],
    ['Origin', 'http://localhost'],
    ['Sec-Fetch-Site', 'cross-site'],
    ['Sec-Fetch-Site', 'same-site'],
    ['Sec-Fetch-Site', 'none', 'Sec-Fetch-Site', 'cross-site'],
  ]
  for (const headers of foreign) {
    const answer = await ask('/status', ['Host', 'localhost', ...headers])
    t.match(answer, { status: 403, headers: { 'bc-sidecar-error': 'cross_site_request' } }, headers.join())
    t.notOk('access-control-allow-origin' in answer.headers)
  }
  for (const site of ['none', 'same-origin'])
    t.equal((await ask('/status', ['Host', 'localhost', 'Sec-Fetch-Site', site])).status, 200)
})

test('nothing can be changed: other methods are refused on every path', async (t) => {
  const { ask } = await openAdmin(t)
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND']) {
    for (const path of ['/', '/status', '/nowhere']) {
      const { status, headers } = await ask(path, ['Host', 'localhost'], method)
      t.equal(status, 405, `${method} ${path}`)
      t.match(headers, { allow: 'GET, HEAD', 'bc-sidecar-error': 'method_not_allowed', connection: 'close' })
    }
  }
})

test('other paths are not found, and paths that cannot be read are refused', async (t) => {
  const { ask } = await openAdmin(t)
  const missing = await ask('/nowhere')
  t.equal(missing.status, 404)
  t.equal(missing.headers['content-type'], 'application/problem+json')
  t.match(JSON.parse(missing.body), { type: 'about:blank', status: 404 })
  const broken = await ask('/%zz')
  t.match(broken, { status: 400, headers: { 'bc-sidecar-error': 'invalid_request' } })
})

test('what is no HTTP is answered in our shape, and the connection closed', async (t) => {
  const { say } = await openAdmin(t)
  t.match(await say('hello\r\n\r\n'), /^HTTP\/1\.1 400 [\s\S]*"code":"invalid_request"/)
  const absolute = 'GET http://evil.example/status HTTP/1.1\r\nHost: localhost\r\n\r\n'
  t.match(await say(absolute), /^HTTP\/1\.1 400 [\s\S]*"code":"invalid_request"/)
  const large = `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(40_000)}\r\n\r\n`
  t.match(await say(large), /^HTTP\/1\.1 431 [\s\S]*bc-sidecar-error: headers_too_large/)
})

test('every answer forbids storing, sniffing and framing, and tells nothing of what made it', async (t) => {
  const { ask } = await openAdmin(t)
  for (const path of ['/', '/livez', '/readyz', '/metrics', '/status', '/nowhere', '/%zz']) {
    const { headers } = await ask(path)
    t.match(headers, {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'content-security-policy': /default-src 'none'.*frame-ancestors 'none'/,
    })
    t.notOk('x-powered-by' in headers || 'server' in headers)
  }
})

test('a fault of ours is a problem without its message', async (t) => {
  const fail = () => {
    throw new Error('hunter2')
  }
  const { ask } = await openAdmin(t, { environments: fail })
  const { status, body } = await ask('/status')
  t.equal(status, 500)
  t.match(JSON.parse(body), { code: 'internal_error' })
  t.notMatch(body, 'hunter2')
})

test('the age of the process is told when nothing else is', async (t) => {
  const { ask } = await openAdmin(t, { startedAt: undefined, wallNow: undefined } as object)
  t.ok(Date.parse(JSON.parse((await ask('/status')).body).startedAt) <= Date.now())
})
