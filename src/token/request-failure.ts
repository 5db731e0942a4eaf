import type { IncomingHttpHeaders } from 'node:http'
import { type ProblemCode, SidecarError } from '../errors.ts'
import { failureReason } from './failure-reasons.ts'
import { retryAfterSeconds } from './retry-after.ts'

/** What an answer other than 200 means. Retry-After counts where RFC 9110 and RFC 6585 give it a meaning. */
export function statusFailure(status: number, headers: IncomingHttpHeaders, wallNow: number): SidecarError {
  const code = codeOf(status)
  const seconds = status === 429 || status === 503 ? retryAfterSeconds(headers, wallNow) : undefined
  return new SidecarError(code, statusReason(status, code), {
    ...(seconds !== undefined && { retryAfterSeconds: seconds }),
  })
}

function codeOf(status: number): ProblemCode {
  if (status === 429) return 'token_throttled'
  return status === 400 || status === 401 || status === 403 ? 'credentials_rejected' : 'token_unavailable'
}

function statusReason(status: number, code: ProblemCode): string {
  const said = `the authorization endpoint answered ${status}`
  if (code === 'credentials_rejected') return `${said}: check user, password, certificate and IP address`
  return status >= 300 && status < 400 ? `${said}, a redirect, which is not followed` : said
}

/** What an error without an answer means: of resolving, connecting, TLS, or of reading what came. */
export function requestFailure(error: unknown): SidecarError {
  if (error instanceof SidecarError) return error
  const errors = chainOf(error)
  const cause = withoutData(error)
  const alert = errors.map(codeOfError).find((code) => certificateAlert.test(code))
  if (alert !== undefined) {
    const message = `the authorization endpoint refused our client certificate (${alert})`
    return new SidecarError('credentials_rejected', message, { cause })
  }
  return new SidecarError('token_unavailable', failureReason(errors), { cause })
}

/**
 * Whether a failed token request may have been a refusal of our client certificate that the bank did not put into words: servers
 * may close without an alert (Node.js's own does), with TLS 1.3 only after our side of the handshake. A bank that is broken may
 * do so, too.
 */
export function mayBeRefusal(error: SidecarError): boolean {
  const codes = chainOf(error).map(codeOfError)
  const byTheBank = error.code === 'token_unavailable' && !codes.includes('PROXY_CONNECT_FAILED')
  return byTheBank && codes.some((code) => hangUps.has(code))
}

const hangUps: ReadonlySet<string> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'BANK_RESET', 'EPIPE'])

/** TLS alerts (RFC 8446 §6.2) that speak of the client's certificate; OpenSSL names them by version. */
const certificateAlert =
  /^ERR_SSL_.*ALERT_(?:BAD_CERTIFICATE|UNSUPPORTED_CERTIFICATE|CERTIFICATE_(?:REVOKED|EXPIRED|UNKNOWN|REQUIRED)|UNKNOWN_CA|ACCESS_DENIED|HANDSHAKE_FAILURE)$/

/** The error, its causes, and the errors of every address tried: nearest first. */
function chainOf(error: unknown): readonly Error[] {
  const found: Error[] = []
  const open: unknown[] = [error]
  for (const one of open) {
    if (!(one instanceof Error) || found.length === 16) continue
    found.push(one)
    // What an outbound proxy said about TLS says nothing about our certificate, which it never sees.
    if (codeOfError(one) === 'PROXY_CONNECT_FAILED') continue
    open.push(one.cause, ...(one instanceof AggregateError ? one.errors : []))
  }
  return found
}

/** `bank/` gives errors of an open connection the code that undici needs, and keeps their own beside it. */
function codeOfError(error: Error & { readonly code?: unknown; readonly socketCode?: unknown }): string {
  const { code, socketCode = code } = error
  return typeof socketCode === 'string' ? socketCode : ''
}

/** The HTTP parser's errors carry bytes of the answer. */
function withoutData(error: unknown): unknown {
  if (error instanceof Error && 'data' in error) error.data = undefined
  return error
}

export function tooLate(timeoutMs: number): SidecarError {
  const message = `the authorization endpoint did not answer completely within ${timeoutMs} ms`
  return new SidecarError('token_unavailable', message, { cause: new DOMException(message, timeout) })
}

/** Of all reasons to break a token request off, the one that says something about the bank. */
export function isTooLate(reason: unknown): boolean {
  return (
    reason instanceof SidecarError && reason.cause instanceof DOMException && reason.cause.name === timeout
  )
}

/** As `AbortSignal.timeout()` names it. */
const timeout = 'TimeoutError'
