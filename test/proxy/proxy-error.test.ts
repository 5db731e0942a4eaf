import { test } from 'tap'
import { SidecarError } from '../../src/errors.ts'
import { proxyErrorOf } from '../../src/proxy/proxy-error.ts'

/** An error with a code, as Node.js and undici make them. */
function failure(code: unknown, cause?: Error): Error {
  return Object.assign(new Error('failed', cause && { cause }), { code })
}

const unreachable = (cause: unknown): string =>
  proxyErrorOf(new SidecarError('bank_unreachable', 'no way', { cause }))

const types: Record<string, readonly string[]> = {
  dns_error: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'],
  connection_refused: ['ECONNREFUSED'],
  connection_timeout: ['ETIMEDOUT', 'UND_ERR_CONNECT_TIMEOUT'],
  destination_ip_unroutable: ['EHOSTUNREACH', 'ENETUNREACH'],
  tls_certificate_error: [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'CERT_HAS_EXPIRED',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT',
    'ERR_TLS_CERT_ALTNAME_INVALID',
  ],
  tls_alert_received: ['ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE', 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'],
  tls_protocol_error: ['ERR_SSL_WRONG_VERSION_NUMBER', 'EPROTO', 'ERR_TLS_HANDSHAKE_TIMEOUT'],
  connection_terminated: ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'],
  destination_unavailable: ['EWHATEVER', ''],
}

for (const [type, causes] of Object.entries(types)) {
  test(`a bank that cannot be reached is a ${type} when the cause says so`, (t) => {
    for (const code of causes) t.equal(unreachable(failure(code)), type, code)
    t.end()
  })
}

test('the innermost cause counts, and one without a code does not hide it', (t) => {
  t.equal(unreachable(failure('UND_ERR_SOCKET', failure('ECONNREFUSED'))), 'connection_refused')
  t.equal(unreachable(new Error('wrapped', { cause: failure('ENOTFOUND') })), 'dns_error')
  t.equal(unreachable(failure('ENOTFOUND', new Error('plain'))), 'dns_error')
  t.end()
})

test('a cause that says nothing, or goes in circles, makes the destination unavailable', (t) => {
  const circle = new Error('circle')
  circle.cause = circle
  for (const cause of [undefined, null, 'ECONNREFUSED', { code: 'ECONNREFUSED' }, failure(7), circle]) {
    t.equal(unreachable(cause), 'destination_unavailable')
  }
  t.end()
})

test('other errors have the type of their code, whatever their cause', (t) => {
  const cause = failure('ECONNREFUSED')
  t.equal(proxyErrorOf(new SidecarError('token_unavailable', 'x', { cause })), 'destination_unavailable')
  t.equal(proxyErrorOf(new SidecarError('bank_connection_lost', 'x', { cause })), 'connection_terminated')
  t.equal(proxyErrorOf(new SidecarError('route_not_allowed', 'x')), 'http_request_denied')
  t.end()
})
