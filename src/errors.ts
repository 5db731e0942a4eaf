/** Whether anything of the app's request may have reached the bank: `no` makes repeating it safe. */
export type RequestSent = 'no' | 'maybe'

/** Every answer that the sidecar makes by itself: HTTP status and RFC 9457 title, by code. */
export const problems = {
  invalid_request: { status: 400, title: 'The request is malformed' },
  host_not_allowed: { status: 403, title: 'This Host is not allowed' },
  cross_site_request: { status: 403, title: 'Requests from web pages are refused' },
  route_not_allowed: { status: 403, title: 'This route is not allowed' },
  app_not_authenticated: { status: 403, title: 'The app secret is missing or wrong' },
  method_not_allowed: { status: 405, title: 'This method is not allowed' },
  request_timeout: { status: 408, title: 'The request came too slowly' },
  body_too_large: { status: 413, title: 'The request body is too large' },
  headers_too_large: { status: 431, title: 'The request headers are too large' },
  internal_error: { status: 500, title: 'The sidecar failed' },
  credentials_rejected: { status: 502, title: 'The bank refused our credentials' },
  bank_unreachable: { status: 502, title: 'The bank cannot be reached' },
  bank_connection_lost: { status: 502, title: 'The connection to the bank was lost' },
  bank_protocol_error: { status: 502, title: 'The bank did not answer in HTTP' },
  bank_timeout: { status: 504, title: 'The bank did not answer in time' },
  token_unavailable: { status: 503, title: 'No token can be had now' },
  token_throttled: { status: 503, title: 'The bank throttles token requests' },
  certificate_unusable: { status: 503, title: 'The client certificate cannot be used' },
  overloaded: { status: 503, title: 'Too many requests at once' },
  draining: { status: 503, title: 'The sidecar is shutting down' },
} as const satisfies Record<string, { status: number; title: string }>

export type ProblemCode = keyof typeof problems

export interface SidecarErrorOptions {
  readonly cause?: unknown
  /** Default `no`. */
  readonly requestSent?: RequestSent
  /** Seconds after which trying again makes sense: becomes `Retry-After`. */
  readonly retryAfterSeconds?: number
}

/**
 * The one error class: thrown where the cause is known, turned into an answer in one place. The message
 * becomes the answer's `detail`, so it names no secret, no query string and no account.
 */
export class SidecarError extends Error {
  override readonly name = 'SidecarError'
  readonly code: ProblemCode
  readonly requestSent: RequestSent
  readonly retryAfterSeconds: number | undefined

  constructor(code: ProblemCode, message: string, options: SidecarErrorOptions = {}) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.requestSent = options.requestSent ?? 'no'
    this.retryAfterSeconds = options.retryAfterSeconds
  }
}
