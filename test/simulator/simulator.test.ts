import { readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type ConnectionOptions, connect } from 'node:tls'
import { test } from 'tap'
import { generateKeyPair, issueAuthority, issueCertificate } from '../../src/simulator/certificate.ts'
import { createServerTls } from '../../src/simulator/server-tls.ts'
import { file, identity, sharedDir, start, startWithClient, text } from './bank-client.ts'

/** Status of a request without credentials, or the error's code. */
function ask(url: string, tls: ConnectionOptions): Promise<number | string | undefined> {
  return new Promise((resolve) => {
    const options = { ...tls, agent: false } as const
    request(`${url}/api/v1/accounts`, options, (response) => resolve(response.resume().statusCode))
      .on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
      .end()
  })
}

test('both listeners ask for a client certificate of their own authority, in TLS 1.2 or later', async (t) => {
  const { baseUrl, authorizationUrl } = await start(t, sharedDir)
  const ca = file(sharedDir, 'ca.pem')
  const authority = { 'ca.pem': ca, 'ca-key.pem': file(sharedDir, 'ca-key.pem') }
  const keys = await generateKeyPair()
  const selfSigned = issueAuthority(keys, { commonName: 'API Testuser', days: 1, now: Date.now() })
  const server = await createServerTls(authority, { names: ['localhost'], now: Date.now() })
  const pem = { ca, cert: file(sharedDir, 'client.pem'), key: file(sharedDir, 'client-key.pem') }
  for (const [url, status, version] of [
    [baseUrl, 401, 'TLSv1.2'],
    [authorizationUrl, 404, 'TLSv1.3'],
  ] as const) {
    const only = { minVersion: version, maxVersion: version } as const
    t.equal(await ask(url, { ...identity(sharedDir), ...only }), status, 'PFX')
    t.equal(await ask(url, { ...pem, ...only }), status, 'PEM')
    t.type(await ask(url, { ca, ...only }), 'string', 'none')
    t.type(await ask(url, { ca, key: keys.privateKey, cert: selfSigned, ...only }), 'string', 'another’s')
    t.type(await ask(url, { ...server, ca, ...only } as ConnectionOptions), 'string', 'a server’s')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const
    t.type(await ask(url, { ...identity(sharedDir), ...old }), 'string', 'TLS 1.1')
    t.equal(await ask(url.replace('127.0.0.1', 'localhost'), identity(sharedDir)), status, 'by name')
  }
  const distrustful = { ...identity(sharedDir), ca: selfSigned }
  t.match(await ask(baseUrl, distrustful), /^(SELF_SIGNED|UNABLE_TO_VERIFY)/, 'the server proves itself too')
})

test('a token works over the certificate it was issued to, and no other', async (t) => {
  const dir = t.testdir()
  const first = await startWithClient(t, dir)
  const authorization = `Bearer ${(await first.login()).json.access_token}`
  // Another certificate of the same authority: the client's key, signed again.
  const keys = await generateKeyPair()
  const other = issueCertificate(keys.publicKey, {
    commonName: 'other',
    days: 1,
    now: Date.now(),
    issuer: { certificate: text(dir, 'ca.pem'), privateKey: text(dir, 'ca-key.pem') },
    purpose: { kind: 'client' },
  })
  const tls = { ca: file(dir, 'ca.pem'), key: keys.privateKey, cert: other, headers: { authorization } }
  t.equal(await ask(first.simulator.baseUrl, tls), 401)
  t.equal(await ask(first.simulator.baseUrl, { ...identity(dir), headers: { authorization } } as never), 200)
})

test('after a restart clients go on with the files that they have, tokens aside', async (t) => {
  const dir = t.testdir()
  const before = await startWithClient(t, dir)
  const authorization = `Bearer ${(await before.login()).json.access_token}`
  const files = () => readdirSync(dir).map((name) => [name, text(dir, name)])
  const left = files()
  const port = (url: string) => Number(new URL(url).port)
  const { baseUrl, authorizationUrl } = before.simulator
  await before.simulator.stop()
  await before.simulator.stop()
  const listen = { host: '127.0.0.1', port: port(baseUrl) }
  await start(t, dir, { listen, authorizationListen: { ...listen, port: port(authorizationUrl) } })
  t.strictSame(files(), left)
  t.equal((await before.call('/api/v1/accounts', { headers: { authorization } })).status, 401)
  t.equal((await before.login()).status, 200)
})

test('a session is resumed, and still known by its certificate', async (t) => {
  const { simulator, login } = await startWithClient(t, sharedDir)
  const authorization = `Bearer ${(await login()).json.access_token}`
  const port = Number(new URL(simulator.baseUrl).port)
  const head = `GET /api/v1/accounts HTTP/1.1\r\nhost: x\r\nauthorization: ${authorization}\r\nconnection: close\r\n\r\n`
  const visit = (session?: Buffer): Promise<{ status: string; resumed: boolean; session: Buffer }> =>
    new Promise((resolve, reject) => {
      let kept = Buffer.alloc(0)
      let answer = ''
      const tls = { ...identity(sharedDir), host: '127.0.0.1', port }
      const socket = connect({ ...tls, ...(session && { session }) }, () => {
        const resumed = socket.isSessionReused()
        socket.on('close', () => resolve({ status: answer.slice(9, 12), resumed, session: kept }))
        socket.write(head)
      })
      socket.on('error', reject)
      socket.on('session', (next) => {
        kept = next
      })
      socket.setEncoding('utf8').on('data', (piece: string) => {
        answer += piece
      })
    })
  const first = await visit()
  t.match(first, { status: '200', resumed: false })
  t.match(await visit(first.session), { status: '200', resumed: true })
})

test('it listens on loopback only, unless remote is allowed', async (t) => {
  const remote = { host: '0.0.0.0', port: 0 }
  await t.rejects(start(t, sharedDir, { listen: remote }), /0\.0\.0\.0 is not a loopback .* --allow-remote/)
  await t.rejects(start(t, sharedDir, { authorizationListen: remote }), /not a loopback/)
  const { baseUrl } = await start(t, sharedDir, {
    listen: remote,
    allowRemote: true,
    hostnames: ['bank.example'],
  })
  t.match(baseUrl, /^https:\/\/bank\.example:\d+$/)
  const local = baseUrl.replace('bank.example', '127.0.0.1')
  t.equal(await ask(local, { ...identity(sharedDir), servername: 'bank.example' }), 401)
})

test('localhost will do as an address', async (t) => {
  const { baseUrl } = await start(t, sharedDir, { listen: { host: 'localhost', port: 0 } })
  t.match(baseUrl, /^https:\/\/localhost:\d+$/)
  t.equal(await ask(baseUrl, identity(sharedDir)), 401)
})

test('an address that cannot be listened on is named, and nothing stays open', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const authorizationListen = { host: '127.0.0.1', port }
  await t.rejects(start(t, sharedDir, { authorizationListen }), {
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  })
  const nowhere = { host: '192.0.2.1', port: 0 }
  await t.rejects(
    start(t, sharedDir, { listen: nowhere, allowRemote: true }),
    /cannot listen on 192\.0\.2\.1:0: .*EADDRNOTAVAIL/,
  )
})

test('a directory that cannot be one is named', async (t) => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'file'), '')
  await t.rejects(start(t, join(dir, 'file')), /cannot keep credentials in .*file: EEXIST/)
})

test('each request is logged by its route, without secrets', async (t) => {
  const lines: unknown[] = []
  const log = { info: (fields: object, sentence: string) => void lines.push({ ...fields, sentence }) }
  const { call } = await startWithClient(t, sharedDir, { log })
  await call('/api/v1/accounts/secret-number?secret=1')
  await call('/nowhere/secret')
  const line = { event: 'request', method: 'GET', sentence: 'request answered' }
  t.match(lines, [
    { ...line, listener: 'authorization', route: '/api/v1/authorizations/authorize', status: 200 },
    { ...line, listener: 'api', route: '/api/v1/accounts/:accountId', status: 404 },
    { ...line, listener: 'api', route: undefined, status: 404 },
  ])
  t.notMatch(JSON.stringify(lines), /secret/)
})
