import { inspect } from 'node:util'
import { type Test, test } from 'tap'
import { errors } from 'undici'
import { ConnectFailure } from '../../src/bank/connect-failure.ts'
import { bankFailure } from '../../src/bank/failure.ts'
import { type ProblemCode, SidecarError } from '../../src/errors.ts'

const system = (code: string, syscall = 'read') =>
  Object.assign(new Error(`${syscall} ${code} 10.1.2.3:443`), { code, syscall, address: '10.1.2.3' })
const coded = (code: string) => Object.assign(new Error(`${code} 10.1.2.3:443`), { code })
const relabelled = (code: string) => Object.assign(coded('UND_ERR_SOCKET'), { socketCode: code })

const unreadable = (data: string) =>
  Object.assign(new errors.HTTPParserError('Response does not match'), { data })

/** What failures of a request mean, once it was sent. */
const sentFailures: [error: unknown, code: ProblemCode, detail: RegExp][] = [
  [
    new errors.SocketError('other side closed'),
    'bank_connection_lost',
    /closed the connection before its answer/,
  ],
  [new errors.SocketError('closed'), 'bank_connection_lost', /closed the connection before its answer/],
  [relabelled('ECONNRESET'), 'bank_connection_lost', /reset the connection/],
  [relabelled('EPIPE'), 'bank_connection_lost', /while the request was being sent/],
  [relabelled('ETIMEDOUT'), 'bank_connection_lost', /died/],
  [system('ECONNRESET'), 'bank_connection_lost', /reset the connection/],
  [system('EHOSTUNREACH'), 'bank_connection_lost', /no route to the host \(EHOSTUNREACH\)/],
  [system('ENOSUCHCODE'), 'bank_connection_lost', /the connection failed \(ENOSUCHCODE\)/],
  [relabelled('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), 'bank_connection_lost', /client certificate/],
  [
    relabelled('ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC'),
    'bank_connection_lost',
    /TLS connection to the bank broke/,
  ],
  [new errors.ClientDestroyedError(), 'bank_connection_lost', /the sidecar closed/],
  [new errors.SocketError('bad response'), 'bank_protocol_error', /nobody had asked for/],
  [new errors.SocketError('bad upgrade'), 'bank_protocol_error', /upgrade/],
  [unreadable('secret'), 'bank_protocol_error', /does not match/],
  [new errors.HeadersOverflowError(), 'bank_protocol_error', /larger than 64 KiB/],
  [new errors.ResponseContentLengthMismatchError(), 'bank_protocol_error', /Content-Length/],
  [new errors.HeadersTimeoutError(), 'bank_timeout', /did not answer within BC_RESPONSE_TIMEOUT_MS/],
  [new errors.BodyTimeoutError(), 'bank_timeout', /nothing more/],
  [new errors.RequestContentLengthMismatchError(), 'invalid_request', /Content-Length/],
  [new errors.RequestAbortedError(), 'internal_error', /inside the sidecar/],
  [new errors.InvalidArgumentError('invalid x-secret header'), 'internal_error', /inside the sidecar/],
  [new TypeError('10.1.2.3:443'), 'internal_error', /inside the sidecar/],
  ['10.1.2.3:443', 'internal_error', /inside the sidecar/],
  [undefined, 'internal_error', /inside the sidecar/],
]

for (const [error, code, detail] of sentFailures) {
  test(`${name(error)} after sending means ${code}, perhaps sent`, (t) => {
    const failure = bankFailure(error, true)
    t.match(failure, { code, requestSent: 'maybe', message: detail })
    t.equal(failure.cause, error)
    hidesMuch(t, failure)
    t.end()
  })
}

const unsentFailures: [error: unknown, code: ProblemCode, detail: RegExp][] = [
  [new errors.SocketError('other side closed'), 'bank_unreachable', /closed the connection/],
  [system('ECONNREFUSED', 'connect'), 'bank_unreachable', /the connection was refused \(ECONNREFUSED\)/],
  [system('ENOTFOUND', 'getaddrinfo'), 'bank_unreachable', /the name does not exist \(ENOTFOUND\)/],
  [new errors.ClientClosedError(), 'bank_unreachable', /the sidecar closed/],
  [new errors.ClientDestroyedError(), 'bank_unreachable', /the sidecar closed/],
  [new errors.InvalidArgumentError('invalid x-secret header'), 'internal_error', /inside the sidecar/],
  [new Error('?'), 'internal_error', /inside the sidecar/],
]

for (const [error, code, detail] of unsentFailures) {
  test(`${name(error)} before sending means ${code}, not sent`, (t) => {
    const failure = bankFailure(error, false)
    t.match(failure, { code, requestSent: 'no', message: detail })
    hidesMuch(t, failure)
    t.end()
  })
}

/** Why no connection came about. */
const connectFailures: [error: Error, detail: RegExp][] = [
  [system('ENOTFOUND'), /^bank\.test: the name does not exist \(ENOTFOUND\)$/],
  [system('EAI_AGAIN'), /cannot be resolved now \(EAI_AGAIN\)$/],
  [system('ECONNREFUSED'), /refused/],
  [system('EHOSTUNREACH'), /no route to the host/],
  [system('ENETUNREACH'), /no route to the network/],
  [system('ETIMEDOUT'), /timed out/],
  [coded('ERR_SOCKET_CONNECTION_TIMEOUT'), /timed out/],
  [system('ECONNRESET'), /closed the connection in the TLS handshake/],
  [system('EMFILE'), /too many open files/],
  [new AggregateError([system('ENETUNREACH'), system('ECONNREFUSED')]), /refused \(ECONNREFUSED\)$/],
  [new AggregateError([system('EWHAT')]), /the connection failed \(AggregateError\)$/],
  [new AggregateError(['?']), /the connection failed \(AggregateError\)$/],
  [coded('DEPTH_ZERO_SELF_SIGNED_CERT'), /self-signed/],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), /a root that is not trusted/],
  [coded('UNABLE_TO_GET_ISSUER_CERT_LOCALLY'), /unknown issuer/],
  [coded('CERT_HAS_EXPIRED'), /expired/],
  [coded('ERR_TLS_CERT_ALTNAME_INVALID'), /another host name/],
  [coded('ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE'), /refused our client certificate as bad/],
  [coded('ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE'), /refused our client certificate as bad/],
  [coded('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA'), /does not know the issuer of our client certificate/],
  [coded('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'), /did not get a client certificate/],
  [
    coded('ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR'),
    /ended TLS with an alert \(ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR\)$/,
  ],
  [coded('ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'), /no TLS version from 1\.2 on/],
  [coded('ERR_SOMETHING'), /the connection failed \(ERR_SOMETHING\)$/],
  [new TypeError('10.1.2.3'), /the connection failed \(TypeError\)$/],
]

for (const [error, detail] of connectFailures) {
  test(`a connection that fails with ${name(error)} has a reason`, (t) => {
    const failure = bankFailure(ConnectFailure.from('bank.test', error), true)
    // Even if the caller thinks otherwise: without a connection, nothing was sent.
    t.match(failure, { code: 'bank_unreachable', requestSent: 'no', message: detail })
    hidesMuch(t, failure)
    t.end()
  })
}

test('our own errors keep their meaning, and say that something may have been sent when it was', (t) => {
  const error = new SidecarError('body_too_large', 'too large', { cause: 'why', retryAfterSeconds: 0 })
  t.equal(bankFailure(error, false), error)
  t.match(bankFailure(error, true), {
    code: 'body_too_large',
    message: 'too large',
    requestSent: 'maybe',
    cause: 'why',
    retryAfterSeconds: 0,
  })
  t.match(bankFailure(new SidecarError('request_timeout', 'slow'), true), { retryAfterSeconds: undefined })
  t.end()
})

test('bytes of the answer do not stay with the error', (t) => {
  const failure = bankFailure(unreadable('DE89370400440532013000'), true)
  t.notMatch(inspect(failure, { depth: 9 }), 'DE89')
  t.end()
})

test('a proxy’s failure without a code has a reason, too', (t) => {
  t.equal(ConnectFailure.fromProxy(new Error('?')).message, 'outbound proxy: the connection failed (Error)')
  t.end()
})

function name(error: unknown): string {
  const { code, socketCode } = (error ?? {}) as { code?: string; socketCode?: string }
  return error instanceof Error
    ? `${error.name} ${socketCode ?? code ?? ''} ${shortened(error)}`
    : String(error)
}

function shortened(error: Error): string {
  return error.message.replace(/10\.1\.2\.3.*/, '…')
}

function hidesMuch(t: Test, { message }: SidecarError): void {
  t.notMatch(message, /10\.1\.2\.3|secret/)
}
