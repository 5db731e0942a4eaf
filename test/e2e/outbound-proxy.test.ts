import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { startBank } from '../support/bank.ts'
import { type OutboundProxyOptions, startOutboundProxy } from '../support/outbound-proxy.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

const path = '/api/v1/accounts'

interface Setup extends OutboundProxyOptions {
  readonly connectTimeoutMs?: number
  readonly noProxy?: (ports: { api: number; authorization: number }) => string
}

async function start(t: Test, { noProxy = () => '', connectTimeoutMs, ...options }: Setup) {
  const proxy = await startOutboundProxy(t, options)
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const [api, authorization] = [bank.api.port, bank.authorization.port]
  const env = {
    HTTPS_PROXY: proxy.url.replace('//', '//pat-hush:pass-hush%21@'),
    NO_PROXY: noProxy({ api, authorization }),
    ...(connectTimeoutMs && { BC_CONNECT_TIMEOUT_MS: String(connectTimeoutMs) }),
    BC_LOG_LEVEL: 'trace',
  }
  const running = await startTestSidecar(t, { bank, authority, env, ready: false })
  await until(async () => (await fetch(`${running.admin}/readyz`)).ok)
  return { ...running, bank, proxy, app: startApp(t, running.apps) }
}

/** In log, status, page and metrics. */
async function showsNoCredentials(t: Test, { admin, lines }: Awaited<ReturnType<typeof start>>) {
  const told = await Promise.all(
    ['/status', '/', '/metrics'].map(async (page) => (await fetch(`${admin}${page}`)).text()),
  )
  const basic = Buffer.from('pat-hush:pass-hush!').toString('base64')
  for (const text of [JSON.stringify(lines), ...told]) t.notMatch(text, new RegExp(`hush|${basic}`))
}

test('token and calls both go through the outbound proxy, with its credentials', async (t) => {
  const running = await start(t, { credentials: 'pat-hush:pass-hush!' })
  const { app, bank, proxy } = running
  t.equal((await app.call({ path })).status, 200)
  t.same(
    proxy.seen.map(({ target }) => target),
    [`localhost:${bank.authorization.port}`, `localhost:${bank.api.port}`],
  )
  for (const { rawHeaders, thumbprint } of [...bank.api.requests, ...bank.authorization.requests]) {
    t.notMatch(rawHeaders.join(' '), /proxy/i)
    t.match(thumbprint, /^[0-9A-F]{40}$/, 'mutual TLS inside the tunnel')
  }
  await showsNoCredentials(t, running)
})

test('NO_PROXY exempts one of the two hosts', async (t) => {
  const { app, bank, proxy } = await start(t, {
    credentials: 'pat-hush:pass-hush!',
    noProxy: ({ api }) => `localhost:${api}`,
  })
  t.equal((await app.call({ path })).status, 200)
  t.match(proxy.seen, [{ target: `localhost:${bank.authorization.port}` }])
  t.equal(proxy.seen.length, 1)
})

const failures: Record<string, { options: Setup; detail: RegExp }> = {
  '407': { options: { credentials: 'other:one' }, detail: /outbound proxy: it demands credentials \(407\)/ },
  'a refusal': {
    options: { onConnect: (socket) => void socket.end('HTTP/1.1 403 Forbidden\r\n\r\n') },
    detail: /outbound proxy: it refuses to connect to localhost \(403\)/,
  },
  'a CONNECT that hangs': {
    options: { onConnect: () => undefined, connectTimeoutMs: 500 },
    detail: /no connection within 500 ms \(outbound proxy\)/,
  },
}

for (const [what, { options, detail }] of Object.entries(failures)) {
  test(`${what} on the way to a token is token_unavailable, told by its detail`, async (t) => {
    const running = await start(t, options)
    t.match((await running.app.call({ method: 'POST', path, body: '{}' })).json, {
      status: 503,
      code: 'token_unavailable',
      requestSent: 'no',
      detail,
    })
    t.equal(running.bank.api.connections.length + running.bank.authorization.connections.length, 0)
    await showsNoCredentials(t, running)
  })

  test(`${what} on the way to the bank is bank_unreachable, told by its detail`, async (t) => {
    const running = await start(t, {
      ...options,
      noProxy: ({ authorization }) => `localhost:${authorization}`,
    })
    t.match((await running.app.call({ method: 'POST', path, body: '{}' })).json, {
      status: 502,
      code: 'bank_unreachable',
      requestSent: 'no',
      detail,
    })
    t.equal(running.bank.api.connections.length, 0)
    await showsNoCredentials(t, running)
  })
}
