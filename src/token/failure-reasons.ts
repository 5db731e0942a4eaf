const endpoint = 'the authorization endpoint'
/** In TLS 1.3 the client's handshake is over before the server has seen its certificate. */
const perhaps = 'some servers refuse a client certificate so'

/** By code of Node.js or undici: how a token request failed on a connection that was there. */
const reasons: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: `${endpoint} closed the connection before its answer was complete; ${perhaps}`,
  ECONNRESET: `${endpoint} reset the connection; ${perhaps}`,
  BANK_RESET: `${endpoint} reset the connection; ${perhaps}`,
  EPIPE: `${endpoint} closed the connection; ${perhaps}`,
  ETIMEDOUT: `the connection to ${endpoint} died`,
  UND_ERR_HEADERS_OVERFLOW: `${endpoint} answered with headers that are too large`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: `${endpoint} answered less than it had announced`,
  UND_ERR_DESTROYED: 'the connections of these credentials were closed',
  UND_ERR_CLOSED: 'the connections of these credentials were closed',
}

/** A connection that never came about: `bank/` has put the reason into a sentence for people, without addresses or secrets. */
const connectFailed: readonly unknown[] = ['BANK_CONNECT_FAILED', 'PROXY_CONNECT_FAILED']

type FailedError = Pick<Error, 'name' | 'message'> & { readonly code?: unknown }

/** A sentence about the first error that is known. */
export function failureReason(errors: readonly FailedError[]): string {
  for (const { name, code, message } of errors) {
    if (connectFailed.includes(code)) return `${endpoint} cannot be reached: ${message}`
    // Its code may have become UND_ERR_SOCKET on the way.
    if (name === 'HTTPParserError') return `${endpoint} did not answer in HTTP`
    const reason = typeof code === 'string' && Object.hasOwn(reasons, code) ? reasons[code] : undefined
    if (reason !== undefined) return `${reason} (${String(code)})`
  }
  const code = errors.map((error) => error.code).find((one) => typeof one === 'string')
  return `the token request failed (${code ?? 'no code'})`
}
