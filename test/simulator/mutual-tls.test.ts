import { type ConnectionOptions, connect } from 'node:tls'
import { test } from 'tap'
import { generateKeyPair, issueAuthority, issueCertificate } from '../../src/simulator/certificate.ts'
import { createServerTls } from '../../src/simulator/server-tls.ts'
import { ask, file, generateKeys, identity, sharedDir, start, startWithClient, text } from './bank-client.ts'

test('both listeners ask for a client certificate of their own authority, in TLS 1.2 or later', async (t) => {
  const { baseUrl, authorizationUrl } = await start(t, sharedDir)
  const ca = file(sharedDir, 'ca.pem')
  const authority = { 'ca.pem': ca, 'ca-key.pem': file(sharedDir, 'ca-key.pem') }
  const keys = await generateKeyPair()
  const selfSigned = issueAuthority(keys, { commonName: 'API Testuser', days: 1, now: Date.now() })
  const server = createServerTls(authority, {
    names: ['localhost'],
    now: Date.now(),
    keys: await generateKeys(),
  })
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
  const dir = sharedDir
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
