import { type Test, test } from 'tap'
import { SidecarError } from '../../src/errors.ts'
import { Secret } from '../../src/secret.ts'
import { mayBeRefusal, requestFailure } from '../../src/token/request-failure.ts'
import { clientContext, pair } from '../bank/harness.ts'
import { startOutboundProxy } from '../support/outbound-proxy.ts'
import { anyAuthority, createAuthority } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { answerBytes, ask, closedPort } from './ask.ts'
import { failure } from './rig.ts'

test('an alert about our certificate rejects our credentials', async (t: Test) => {
  const { dispatcher } = await pair(t)
  const alerts = { handshake_failure: 40, bad_certificate: 42, certificate_expired: 45, unknown_ca: 48 }
  for (const [name, number] of Object.entries(alerts)) {
    // A fatal alert in answer to the ClientHello, RFC 8446 §6.
    const port = await answerBytes(t, Buffer.from([0x15, 3, 3, 0, 2, 2, number]))
    t.match(await failure(ask({ dispatcher, authorizationUrl: `https://localhost:${port}` })), {
      code: 'credentials_rejected',
      message: new RegExp(`refused our client certificate \\(ERR_SSL_.*ALERT_${name.toUpperCase()}\\)`),
    })
  }
})

test('an alert of TLS 1.3, which comes after our side of the handshake, does so too', async (t: Test) => {
  const { authority, bank, dispatcher } = await pair(t)
  const { chainPem: cert, keyPem: key } = await authority.server({ key: 'RSA-2048' })
  // Our key cannot sign so: no certificate is presented, and OpenSSL answers that by itself.
  bank.authorization.setTls({ cert, key, ca: authority.caPem, sigalgs: 'RSA-PSS+SHA256' })
  t.match(await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl })), {
    code: 'credentials_rejected',
    message: /refused our client certificate \(ERR_SSL_.*ALERT_CERTIFICATE_REQUIRED\)/,
  })
  t.equal(bank.authorization.requests.length, 0)
})

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a bank that closes without an alert may mean our certificate, with ${version}`, async (t: Test) => {
    const authority = await anyAuthority()
    const secureContext = await clientContext(await createAuthority({ name: 'Another' }), authority)
    const { bank, dispatcher } = await pair(t, { bank: { authority, maxVersion: version }, secureContext })
    t.match(await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl })), {
      code: 'token_unavailable',
      message: /refuse a client certificate/,
    })
    t.equal(bank.authorization.requests.length, 0)
  })
}

test('a bank that we do not trust gets neither user nor password', async (t: Test) => {
  const authority = await anyAuthority()
  const secureContext = await clientContext(authority, await createAuthority({ name: 'Another' }))
  const { bank, dispatcher } = await pair(t, { bank: { authority }, secureContext })
  t.match(await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl })), {
    code: 'token_unavailable',
    message: /^the authorization endpoint cannot be reached: localhost: its certificate/,
  })
  t.equal(bank.authorization.requests.length, 0)
})

test('what keeps us from connecting is told', async (t: Test) => {
  const { dispatcher } = await pair(t)
  const nobody = `https://localhost:${await closedPort()}`
  t.match(await failure(ask({ dispatcher, authorizationUrl: nobody })), {
    message: /refused \(ECONNREFUSED\)/,
  })
  const proxy = await startOutboundProxy(t, { credentials: 'user:secret' })
  const throughProxy = await pair(t, { outboundProxy: { url: new Secret(proxy.url), noProxy: '' } })
  t.match(await failure(ask({ dispatcher: throughProxy.dispatcher, authorizationUrl: nobody })), {
    code: 'token_unavailable',
    message: /outbound proxy: it demands credentials \(407\)/,
  })
})

test('an alert of an https:// proxy says nothing about our credentials', async (t: Test) => {
  // A fatal alert in answer to the ClientHello, RFC 8446 §6: of handshake_failure, and of unknown_ca.
  for (const number of [40, 48]) {
    const port = await answerBytes(t, Buffer.from([0x15, 3, 3, 0, 2, 2, number]))
    const outboundProxy = { url: new Secret(`https://me:hush@localhost:${port}`), noProxy: '' }
    const { bank, dispatcher } = await pair(t, { outboundProxy })
    const error = await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl }))
    t.match(error, {
      code: 'token_unavailable',
      message:
        /cannot be reached: outbound proxy: it ended TLS with an alert; no certificate of ours is shown to it \(ERR_SSL_/,
    })
  }
})

test('an alert of the bank inside a tunnel is one about our credentials', async (t: Test) => {
  const port = await answerBytes(t, Buffer.from([0x15, 3, 3, 0, 2, 2, 48]))
  const proxy = await startOutboundProxy(t)
  const { dispatcher } = await pair(t, { outboundProxy: { url: new Secret(proxy.url), noProxy: '' } })
  t.match(await failure(ask({ dispatcher, authorizationUrl: `https://localhost:${port}` })), {
    code: 'credentials_rejected',
    message: /ALERT_UNKNOWN_CA/,
  })
})

test('an answer that trickles is bounded as a whole, and its connection closed', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  bank.authorization.handler = ({ response }) => {
    const pieces = setInterval(() => response.write(' '), 2)
    response.on('close', () => clearInterval(pieces))
  }
  const controller = new AbortController()
  const waited = failure(
    ask({ dispatcher, authorizationUrl: bank.authorizationUrl, signal: controller.signal }),
  )
  await until(() => bank.authorization.requests.length === 1)
  const reason = new SidecarError('token_unavailable', 'too late')
  controller.abort(reason)
  t.equal(await waited, reason)
  await until(() => bank.authorization.openCount() === 0)
})

test('what is no HTTP is told as such, and no byte of it is kept', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  bank.authorization.onSocket = (socket) => void socket.end('secret secret secret\r\n\r\n')
  const error = await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl }))
  t.match(error, { code: 'token_unavailable', message: /did not answer in HTTP$/ })
  t.equal((error.cause as { data?: unknown }).data, undefined)
  bank.authorization.onSocket = (socket) => void socket.end()
  t.match(await failure(ask({ dispatcher, authorizationUrl: bank.authorizationUrl })), {
    message: /closed the connection before its answer was complete.*\(UND_ERR_SOCKET\)/,
  })
})

test('alerts about our certificate are found wherever they are; other errors by their code', async (t) => {
  const coded = (code: unknown, options?: ErrorOptions) =>
    Object.assign(new Error('secret', options), { code })
  const alert = coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')
  const rows: [unknown, string, RegExp][] = [
    [coded('OTHER', { cause: alert }), 'credentials_rejected', /CERTIFICATE_REQUIRED/],
    [new AggregateError([coded('ECONNREFUSED'), alert]), 'credentials_rejected', /CERTIFICATE_REQUIRED/],
    [coded('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE'), 'credentials_rejected', /HANDSHAKE_FAILURE/],
    [coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), 'token_unavailable', /failed \(ERR_SSL_/],
    [coded('ECONNRESET'), 'token_unavailable', /reset the connection/],
    [coded('toString'), 'token_unavailable', /failed \(toString\)/],
    [coded(7), 'token_unavailable', /no code/],
    [new Error('secret'), 'token_unavailable', /no code/],
    ['secret', 'token_unavailable', /no code/],
    [undefined, 'token_unavailable', /no code/],
  ]
  for (const [error, code, message] of rows) {
    const failed = requestFailure(error)
    t.match(failed, { code, message, cause: error })
    t.notMatch(failed.message, 'secret')
  }
})

test('causes that go round in a circle end', async (t) => {
  const error: Error & { cause?: unknown } = new Error('round')
  error.cause = error
  t.match(requestFailure(error), { code: 'token_unavailable' })
})

test('a bank that hangs up may have refused us; an outbound proxy, a status and nonsense say something else', async (t) => {
  const coded = (code: string, options?: ErrorOptions) =>
    Object.assign(new Error('secret', options), { code })
  const reset = coded('ECONNRESET')
  t.ok(mayBeRefusal(requestFailure(reset)))
  t.ok(mayBeRefusal(requestFailure(coded('BANK_CONNECT_FAILED', { cause: reset }))))
  t.ok(mayBeRefusal(requestFailure(coded('UND_ERR_SOCKET'))))
  t.notOk(mayBeRefusal(requestFailure(coded('PROXY_CONNECT_FAILED', { cause: reset }))))
  t.notOk(mayBeRefusal(requestFailure(coded('ECONNREFUSED'))))
  t.notOk(mayBeRefusal(new SidecarError('token_throttled', 'later', { cause: reset })))
})
