import type { ProblemCode, SidecarError } from '../errors.ts'

/** The registered error type (RFC 9209 §2.3) that says most about an error. */
export function proxyErrorOf(error: SidecarError): string {
  if (error.code !== 'bank_unreachable') return byProblem[error.code]
  const cause = causeCode(error.cause)
  return byCause.find(([pattern]) => pattern.test(cause))?.[1] ?? byProblem.bank_unreachable
}

const byProblem: Record<ProblemCode, string> = {
  invalid_request: 'http_request_error',
  host_not_allowed: 'http_request_denied',
  cross_site_request: 'http_request_denied',
  route_not_allowed: 'http_request_denied',
  app_not_authenticated: 'http_request_denied',
  method_not_allowed: 'http_request_denied',
  request_timeout: 'http_request_error',
  body_too_large: 'http_request_error',
  headers_too_large: 'http_request_error',
  internal_error: 'proxy_internal_error',
  credentials_rejected: 'proxy_configuration_error',
  bank_unreachable: 'destination_unavailable',
  bank_connection_lost: 'connection_terminated',
  bank_protocol_error: 'http_protocol_error',
  bank_timeout: 'http_response_timeout',
  token_unavailable: 'destination_unavailable',
  token_throttled: 'destination_unavailable',
  certificate_unusable: 'proxy_configuration_error',
  overloaded: 'proxy_internal_response',
  draining: 'proxy_internal_response',
}

// Codes of Node.js, OpenSSL and undici.
const byCause: readonly (readonly [RegExp, string])[] = [
  [/^EAI_|^ENOTFOUND$|^ENODATA$/, 'dns_error'],
  [/^ECONNREFUSED$/, 'connection_refused'],
  [/^ETIMEDOUT$|CONNECT_TIMEOUT$/, 'connection_timeout'],
  [/^E(?:HOST|NET)UNREACH$/, 'destination_ip_unroutable'],
  [/_ALERT_/, 'tls_alert_received'],
  [/CERT|^UNABLE_TO_/, 'tls_certificate_error'],
  [/^ERR_SSL_|^EPROTO$|^ERR_TLS_/, 'tls_protocol_error'],
  [/^ECONNRESET$|^EPIPE$|SOCKET$/, 'connection_terminated'],
]

/** The innermost code: wrappers only say that something inside them failed. The depth guards against a cycle. */
function causeCode(cause: unknown, depth = 8): string {
  if (!(cause instanceof Error) || depth === 0) return ''
  const inner = causeCode(cause.cause, depth - 1)
  if (inner !== '') return inner
  return 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
}
