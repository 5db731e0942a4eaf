import { type AddressInfo, connect, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { test } from 'tap'
import { startOutboundProxy } from '../support/outbound-proxy.ts'
import { anyAuthority, createAuthority } from '../support/pki.ts'
import { bareServer } from './check-bare-server.ts'
import { findings, setUp } from './check-rig.ts'

const noCalls = ['token skipped', 'clock skipped', 'api call skipped']

test('a TLS-inspecting proxy is named by the issuer of what it shows', async (t) => {
  const { env, bank } = await setUp(t)
  const inspector = await createAuthority({ name: 'Corporate Inspection' })
  const { chainPem, keyPem } = await inspector.server()
  for (const one of [bank.api, bank.authorization])
    one.setTls({ cert: chainPem, key: keyPem, ca: inspector.caPem })
  const { trail, of } = await findings(t, env)
  t.match(of('tls'), {
    outcome: 'failed',
    found: /issued by CN=Corporate Inspection/,
    cause: /TLS-inspecting proxy/,
  })
  t.strictSame(trail.slice(-3), noCalls)
  t.equal(bank.authorization.requests.length, 0, 'no password goes to a stranger')
})

test('a TLS-inspecting proxy that is trusted shows by not asking for a certificate', async (t) => {
  const { env, authority } = await setUp(t)
  const { chainPem, keyPem } = await authority.server()
  const server = createTlsServer(
    { cert: chainPem, key: keyPem },
    (socket) => void socket.on('error', () => undefined),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const { port } = server.address() as AddressInfo
  const { of } = await findings(t, {
    ...env,
    BC_BASE_URL: `https://localhost:${port}`,
    BC_RESPONSE_TIMEOUT_MS: '100',
  })
  t.match(of('tls'), { outcome: 'warning', found: /does not insist on ours/, cause: /TLS-inspecting proxy/ })
  t.match(of('api call'), { outcome: 'failed', cause: /stood still/ })
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a certificate of another environment is refused by the bank, in ${maxVersion}`, async (t) => {
    const { env, bank } = await setUp(t, { bank: { maxVersion, clientCa: (await createAuthority()).caPem } })
    const { of, trail } = await findings(t, env)
    const cause = /^the bank refuses this client certificate, .* that of another environment/
    t.match(of('tls'), { outcome: 'failed', cause })
    t.strictSame(trail.slice(-3), noCalls)
    t.equal(bank.authorization.requests.length, 0)
  })
}

test('an alert says why the certificate is refused', async (t) => {
  const { env } = await setUp(t)
  const unknownCa = Buffer.from('15030300020230', 'hex')
  const port = await bareServer(t, (socket) => void socket.once('data', () => socket.end(unknownCa)))
  const { of } = await findings(t, { ...env, BC_BASE_URL: `https://localhost:${port}` })
  t.match(of('tls').found, /does not know the issuer of our client certificate \(ERR_SSL_.*UNKNOWN_CA\)/)
  t.match(of('tls').cause, /^the bank refuses this client certificate/)
})

test('a connection that is closed in the handshake points at the list of addresses', async (t) => {
  const { env } = await setUp(t)
  const port = await bareServer(t, (socket) => void socket.once('data', () => socket.destroy()))
  const { of } = await findings(t, { ...env, BC_BASE_URL: `https://localhost:${port}` })
  t.match(of('tls'), { outcome: 'failed', cause: /^the public IP address of this machine is not on/ })
})

test('a server that never answers in TLS is given up', async (t) => {
  const { env } = await setUp(t)
  const port = await bareServer(t, () => undefined)
  const { of } = await findings(t, {
    ...env,
    BC_BASE_URL: `https://localhost:${port}`,
    BC_CONNECT_TIMEOUT_MS: '300',
  })
  t.match(of('tls').found, 'localhost: no TLS within 300 ms')
})

test('a port that does not speak TLS is named', async (t) => {
  const { env } = await setUp(t)
  const port = await bareServer(t, (socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
  const { of } = await findings(t, { ...env, BC_BASE_URL: `https://127.0.0.1:${port}` })
  t.match(of('tls'), { found: /does not answer in TLS/, cause: /^something that does not speak TLS/ })
})

test('an old TLS version is named', async (t) => {
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
  const { env } = await setUp(t, { bank: old })
  t.match((await findings(t, env)).of('tls').cause, /^an old server or proxy answers/)
})

test('a bank with TLS 1.3 only cannot be asked whether it insists', async (t) => {
  const { env } = await setUp(t, { bank: { minVersion: 'TLSv1.3' } })
  const { status, of } = await findings(t, env)
  t.match(of('tls').found, /and accepts ours$/)
  t.equal(status, 0)
})

test('a certificate for another name, and one that has expired, are told apart from a strange one', async (t) => {
  const { env, bank, authority } = await setUp(t)
  const [past, since] = [new Date(Date.now() - 60_000), new Date(Date.now() - 120_000)]
  const named = await authority.server({ names: ['other.test'] })
  const expired = await authority.server({ notBefore: since, notAfter: past })
  const early = await authority.server({ notBefore: new Date(Date.now() + 3_600_000) })
  const show = async ({ chainPem, keyPem }: typeof named): Promise<string> => {
    bank.api.setTls({ cert: chainPem, key: keyPem, ca: authority.caPem })
    return (await findings(t, env)).of('tls').cause ?? ''
  }
  t.match(await show(named), /^the URL names the wrong host/)
  t.match(await show(expired), /^this machine's clock is off \(it says \d{4}-/)
  t.match(await show(early), /^this machine's clock is off/)
})

test('the roots of Node.js are trusted without a CA file', async (t) => {
  const { env } = await setUp(t)
  const { BC_CA_FILE: _, ...rest } = env
  const { of } = await findings(t, rest as Record<string, string>)
  t.match(of('tls').cure, /if CN=Test Root is the right issuer, give its root as BC_CA_FILE/)
})

/** Both directions, until either side ends. */
function relay(socket: Socket, port: number): void {
  const onward = connect({ port, host: '127.0.0.1' }).on('error', () => socket.destroy())
  socket.on('error', () => undefined).on('close', () => onward.destroy())
  socket.pipe(onward).pipe(socket)
}

test('a bank that gives one connection only is not blamed for the second', async (t) => {
  const { env, bank } = await setUp(t)
  const port = await bareServer(t, (socket, server) => {
    server.close()
    relay(socket, bank.api.port)
  })
  const { of } = await findings(t, { ...env, BC_BASE_URL: `https://localhost:${port}` })
  t.match(of('tls'), { outcome: 'ok', found: /and accepts ours$/ })
  t.match(of('api call'), {
    outcome: 'failed',
    found: 'localhost: the connection was refused (ECONNREFUSED)',
  })
})

test('the certificate of the sandbox is named when production refuses it', async (t) => {
  const hosts = ['www.bankingcircleconnect.com', 'authorization.bankingcircleconnect.com']
  const authority = await anyAuthority()
  const clientCa = (await createAuthority()).caPem
  const server = await authority.server({ names: hosts })
  const { env, bank } = await setUp(t, { bank: { server, clientCa } })
  const proxy = await startOutboundProxy(t, {
    onConnect(socket) {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      relay(socket, bank.api.port)
    },
  })
  const { BC_BASE_URL: _, BC_AUTHORIZATION_URL: __, ...rest } = env
  const production = { ...rest, BC_ENVIRONMENT: 'production', HTTPS_PROXY: proxy.url }
  const { of, results } = await findings(t, production as Record<string, string>)
  t.match(of('tls').cause, 'perhaps because it is that of the sandbox')
  t.match(results[0]?.found, `API at https://${hosts[0]}, tokens from https://${hosts[1]}`)
})
