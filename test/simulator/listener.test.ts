import { Socket } from 'node:net'
import { connect } from 'node:tls'
import { test } from 'tap'
import { createListener } from '../../src/simulator/listener.ts'
import { createServerTls } from '../../src/simulator/server-tls.ts'
import { file, generateKeys, identity, sharedDir, startWithClient } from './bank-client.ts'

test('nonsense is answered, says that it was a simulator, and breaks nothing', async (t) => {
  const { simulator, call } = await startWithClient(t, sharedDir)
  const port = Number(new URL(simulator.baseUrl).port)
  /** Sends these bytes over mutual TLS, and resolves with all that comes back. */
  const exchange = (bytes: string, to = port): Promise<string> =>
    new Promise((resolve, reject) => {
      const socket = connect({ ...identity(sharedDir), host: '127.0.0.1', port: to }, () =>
        socket.write(bytes),
      )
      const pieces: string[] = []
      socket.setEncoding('utf8').on('data', (piece: string) => pieces.push(piece))
      socket.on('error', reject).on('close', () => resolve(pieces.join('')))
    })

  const table = [
    ['no HTTP at all', 'nonsense\r\n\r\n', 400],
    ['a header that is none', 'GET / HTTP/1.1\r\nhost: x\r\nno colon\r\n\r\n', 400],
    ['headers too large', `GET / HTTP/1.1\r\nhost: x\r\na: ${'b'.repeat(20_000)}\r\n\r\n`, 431],
    ['no Host, no token', 'GET /api/v1/accounts HTTP/1.1\r\nconnection: close\r\n\r\n', 401],
    ['a path that cannot be decoded', 'GET /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n', 400],
    ['an expectation', 'GET / HTTP/1.1\r\nhost: x\r\nexpect: wonders\r\n\r\n', 417],
    ['an upgrade', 'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade, close\r\nupgrade: h2c\r\n\r\n', 401],
  ] as const
  for (const [what, bytes, status] of table) {
    const answer = await exchange(bytes)
    t.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `), what)
    t.match(answer, /\r\nbc-simulator: true\r\n/i, what)
  }

  const login = 'GET /api/v1/authorizations/authorize HTTP/1.1\r\nconnection: close\r\n\r\n'
  const unnamed = await exchange(login, Number(new URL(simulator.authorizationUrl).port))
  t.match(unnamed, /^HTTP\/1\.1 401 /, 'no Authorization')

  const large = { method: 'POST', body: Buffer.alloc(10_485_761) }
  const refused = await call('/api/v1/payments/singles', large)
  t.match(refused, { status: 413, json: [{ errorCode: String }], headers: { 'bc-simulator': 'true' } })
  t.equal((await call('/api/v1/accounts')).status, 200)
})

test('a fault of the simulator’s own is answered 500, and tells nothing', async (t) => {
  const authority = { 'ca.pem': file(sharedDir, 'ca.pem'), 'ca-key.pem': file(sharedDir, 'ca-key.pem') }
  const listener = createListener(
    'api',
    createServerTls(authority, { names: [], now: Date.now(), keys: await generateKeys() }),
    undefined,
  )
  t.teardown(() => listener.close())
  listener.get('/broken', async () => {
    throw new Error('inner workings')
  })
  const answer = await listener.inject('/broken')
  t.equal(answer.statusCode, 500)
  t.equal(answer.headers['bc-simulator'], 'true')
  t.strictSame(answer.json(), [{ errorCode: 'InternalError', errorText: 'the simulator failed' }])

  const gone = new Socket()
  gone.destroy()
  t.doesNotThrow(
    () => listener.server.emit('clientError', new Error('ECONNRESET'), gone),
    'a client that has gone',
  )
})
