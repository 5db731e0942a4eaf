const endpoint = 'the authorization endpoint'

/** By code of Node.js or undici: how a token request failed on a connection that was there. */
const reasons: Readonly<Record<string, string>> = {
  UND_ERR_SOCKET: `${endpoint} closed the connection before its answer was complete`,
  ECONNRESET: `${endpoint} reset the connection`,
  BANK_RESET: `${endpoint} reset the connection`,
  EPIPE: `${endpoint} closed the connection`,
  ETIMEDOUT: `the connection to ${endpoint} died`,
  UND_ERR_HEADERS_OVERFLOW: `${endpoint} answered with headers that are too large`,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: `${endpoint} answered less than it had announced`,
  UND_ERR_DESTROYED: 'the connections of these credentials were closed',
  UND_ERR_CLOSED: 'the connections of these credentials were closed',
}

/** A connection that never came about: `bank/` has put the reason into a sentence for people, without addresses or secrets. */
const connectFailed = 'BANK_CONNECT_FAILED'

/** A sentence about the first error whose code is known. */
export function failureReason(
  errors: readonly { readonly code?: unknown; readonly message: string }[],
): string {
  for (const { code, message } of errors) {
    if (code === connectFailed) return `${endpoint} cannot be reached: ${message}`
    if (typeof code !== 'string') continue
    if (code.startsWith('HPE_')) return `${endpoint} did not answer in HTTP (${code})`
    const reason = Object.hasOwn(reasons, code) ? reasons[code] : undefined
    if (reason !== undefined) return `${reason} (${code})`
  }
  const code = errors.map((error) => error.code).find((one) => typeof one === 'string')
  return `the token request failed (${code ?? 'no code'})`
}
