import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Test, test } from 'tap'
import { bankFailure } from '../../src/bank/failure.ts'
import { Secret } from '../../src/secret.ts'
import { startBank } from '../support/bank.ts'
import { type OutboundProxyOptions, startOutboundProxy } from '../support/outbound-proxy.ts'
import { anyAuthority } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { call, pair } from './harness.ts'

const through = (url: string, noProxy = '') => ({ outboundProxy: { url: new Secret(url), noProxy } })

test('mutual TLS goes through the outbound proxy to the bank, every header in its place', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const { bank, dispatcher, origin } = await pair(t, through(proxy.url))
  const headers = ['x-one', '1', 'x-many', 'a', 'x-many', 'b']
  const outcome = await call(dispatcher, { origin, method: 'POST', headers, body: Buffer.from('{}') })
  t.match(outcome, { status: 200, complete: true })
  const authority = `localhost:${bank.api.port}`
  t.match(proxy.seen, [{ target: authority }])
  t.notMatch(proxy.seen[0]?.rawHeaders.join(' '), /proxy-authorization/i)
  t.match(bank.api.requests[0]?.thumbprint, /^[0-9A-F]{40}$/)
  t.same(bank.api.requests[0]?.rawHeaders.slice(4, 10), headers)
})

test('the outbound proxy gets its credentials, the bank does not', async (t: Test) => {
  const proxy = await startOutboundProxy(t, { credentials: 'me@corp:p%ss' })
  const url = proxy.url.replace('//', '//me%40corp:p%25ss@')
  const { bank, dispatcher, origin } = await pair(t, through(url))
  t.match(await call(dispatcher, { origin }), { status: 200 })
  t.notMatch(bank.api.requests[0]?.rawHeaders.join(' '), /proxy/i)
})

test('a session is resumed through the outbound proxy, too', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const resumed: boolean[] = []
  const onConnection = (event: { resumed: boolean }) => void resumed.push(event.resumed)
  const { bank, dispatcher, origin } = await pair(t, { ...through(proxy.url), onConnection })
  await call(dispatcher, { origin })
  bank.api.connections[0]?.socket.end()
  await until(() => bank.api.openCount() === 0)
  await call(dispatcher, { origin })
  t.strictSame(resumed, [false, true])
})

test('NO_PROXY is obeyed', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const { dispatcher, origin } = await pair(t, through(proxy.url, 'example.test, localhost'))
  t.match(await call(dispatcher, { origin }), { status: 200 })
  t.equal(proxy.seen.length, 0)
})

test('a bank by its address is asked for by its address', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const { bank, dispatcher } = await pair(t, through(proxy.url))
  t.match(await call(dispatcher, { origin: `https://[::1]:${bank.api.port}` }), { status: 200 })
  t.equal(proxy.seen[0]?.target, `[::1]:${bank.api.port}`)
})

test('the bank’s name is verified through the outbound proxy, too', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const authority = await anyAuthority()
  const server = await authority.server({ names: ['other.test'] })
  const { bank, dispatcher, origin } = await pair(t, { ...through(proxy.url), bank: { authority, server } })
  const failure = bankFailure((await call(dispatcher, { origin })).error, false)
  t.match(failure, {
    code: 'bank_unreachable',
    message: /^localhost: its certificate is for another host name/,
  })
  t.equal(bank.api.requests.length, 0)
})

const refusals: Record<string, { options: OutboundProxyOptions; detail: string | RegExp }> = {
  'demands credentials': {
    options: { credentials: 'someone:else' },
    detail: 'outbound proxy: it demands credentials (407); HTTPS_PROXY names none, or wrong ones',
  },
  'refuses the bank': {
    options: {
      onConnect: (socket) => void socket.end('HTTP/1.1 403 Forbidden\r\ncontent-length: 3\r\n\r\nno!'),
    },
    detail: 'outbound proxy: it refuses to connect to localhost (403)',
  },
  'cannot reach the bank': {
    options: { onConnect: (socket) => void socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n') },
    detail: 'outbound proxy: it refuses to connect to localhost (502)',
  },
  'closes instead of answering': {
    options: { onConnect: (socket) => void socket.end() },
    detail: 'outbound proxy: it closed the connection without answering CONNECT (ECONNRESET)',
  },
  'resets instead of answering': {
    options: { onConnect: (socket) => void socket.resetAndDestroy() },
    detail: 'outbound proxy: it closed the connection without answering CONNECT (ECONNRESET)',
  },
  'answers nonsense': {
    options: { onConnect: (socket) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n') },
    detail: /^outbound proxy: it does not answer in HTTP \(HPE_/,
  },
  'never answers': {
    options: { onConnect: () => {} },
    detail: 'localhost: no connection within 1000 ms (outbound proxy)',
  },
  'speaks before TLS does': {
    options: { onConnect: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n') },
    detail: 'outbound proxy: it sent bytes of its own into the connection',
  },
  'opens a tunnel to nowhere': {
    options: { onConnect: (socket) => void socket.write('HTTP/1.1 200 OK\r\n\r\n') },
    detail: 'localhost: no connection within 1000 ms (TLS)',
  },
  'closes the tunnel': {
    options: { onConnect: (socket) => void socket.end('HTTP/1.1 200 OK\r\n\r\n') },
    detail: /^localhost: it closed the connection in the TLS handshake/,
  },
}

for (const [name, { options, detail }] of Object.entries(refusals)) {
  test(`an outbound proxy that ${name} makes the bank unreachable, with this reason, at once`, async (t: Test) => {
    const proxy = await startOutboundProxy(t, options)
    const url = proxy.url.replace('//', '//user-hush:pass-hush@')
    const times = String(detail).includes('within 1000 ms') ? { connectTimeoutMs: 1_000 } : {}
    const { bank, dispatcher, origin } = await pair(t, { ...through(url), ...times })
    const { error, starts } = await call(dispatcher, { origin, method: 'POST', body: Buffer.from('x') })
    const failure = bankFailure(error, starts > 0)
    t.match(failure, { code: 'bank_unreachable', requestSent: 'no' })
    t.match(failure.message, detail)
    t.notMatch(`${failure.stack} ${String(error?.stack)}`, /hush|127\.0\.0\.1/)
    t.equal(proxy.seen.length, 1)
    t.equal(bank.api.connections.length, 0)
  })
}

test('an outbound proxy that does not listen is told apart from the bank', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  await proxy.close()
  const { dispatcher, origin } = await pair(t, through(proxy.url))
  const failure = bankFailure((await call(dispatcher, { origin })).error, false)
  t.equal(failure.message, 'outbound proxy: the connection was refused (ECONNREFUSED)')
})

test('an https:// proxy is verified by its own name, and gets no client certificate', async (t: Test) => {
  const authority = await anyAuthority()
  const proxy = await startOutboundProxy(t, { server: await authority.server() })
  const { dispatcher, origin } = await pair(t, { ...through(proxy.url), bank: { authority } })
  const failure = bankFailure((await call(dispatcher, { origin })).error, false)
  // Proxies are trusted by Node.js's roots, which BC_CA_FILE does not replace.
  t.match(failure.message, /^outbound proxy: its certificate comes from an unknown issuer/)
  t.equal(proxy.seen.length, 0)
})

test('an https:// proxy that Node.js trusts is used, mutual TLS inside its TLS', async (t: Test) => {
  const authority = await anyAuthority()
  const proxy = await startOutboundProxy(t, { server: await authority.server(), credentials: 'me:pass' })
  const bank = await startBank(t, { authority, checkTokens: false })
  const { chainPem, keyPem } = await authority.client()
  const dir = t.testdir({ 'ca.pem': authority.caPem, 'client.pem': chainPem + keyPem })
  const program = fileURLToPath(new URL('https-proxy-client.ts', import.meta.url))
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [
      ...process.execArgv,
      program,
      bank.baseUrl,
      proxy.url.replace('//127.0.0.1', '//me:pass@localhost'),
      dir,
    ],
    // Node.js reads this once, when it starts.
    { env: { ...process.env, NODE_EXTRA_CA_CERTS: join(dir, 'ca.pem') } },
  )
  t.match(JSON.parse(stdout), { status: 200, complete: true })
  t.match(proxy.seen, [{ target: `localhost:${bank.api.port}` }])
  t.equal(bank.api.requests.length, 1)
})

test('both ends of a tunnel close together', async (t: Test) => {
  const proxy = await startOutboundProxy(t)
  const { bank, connections, dispatcher, origin } = await pair(t, through(proxy.url))
  await call(dispatcher, { origin })
  await connections.close()
  await until(() => bank.api.openCount() === 0 && proxy.openCount() === 0)
  t.equal(bank.api.connections.length, 1)
})
