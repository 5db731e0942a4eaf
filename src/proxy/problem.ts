import { type ProblemCode, problems, type SidecarError } from '../errors.ts'
import { proxyErrorOf } from './proxy-error.ts'

export interface ProblemAnswer {
  readonly status: number
  /** Flat names and values, for `writeHead`. */
  readonly headers: string[]
  readonly body: string
}

/** The one place where an error becomes an answer: RFC 9457, with RFC 9209's Proxy-Status. */
export function problemAnswer(
  error: SidecarError,
  about: { readonly environment: string; readonly requestId: string },
): ProblemAnswer {
  const { code, message: detail, requestSent } = error
  const { status, title } = problems[code]
  const { environment, requestId } = about
  const type = `urn:bc-sidecar:problem:${code}`
  const body = JSON.stringify({ type, title, status, detail, code, environment, requestId, requestSent })
  const headers = [
    'content-type',
    'application/problem+json',
    'content-length',
    String(Buffer.byteLength(body)),
  ]
  headers.push('cache-control', 'no-store', 'bc-sidecar-error', code, 'proxy-status', proxyStatus(error))
  const retryAfter = error.retryAfterSeconds ?? comesBack[code]
  // RFC 9110 §10.2.3: whole seconds; 0 would invite a loop.
  if (retryAfter !== undefined) headers.push('retry-after', String(Math.max(1, Math.ceil(retryAfter))))
  // RFC 9110 §15.5.6: a 405 has to name what is allowed.
  if (status === 405) headers.push('allow', 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS')
  return { status, headers, body }
}

const comesBack: Partial<Record<ProblemCode, number>> = {
  overloaded: 1,
  draining: 1,
  token_unavailable: 1,
  token_throttled: 1,
}

/** `details` is an sf-string (RFC 8941 §3.3.3): printable ASCII, with `\` and `"` escaped. */
function proxyStatus(error: SidecarError): string {
  const details = error.message
    .slice(0, longestDetails)
    .replace(/[^\x20-\x7e]/g, '?')
    .replace(/[\\"]/g, '\\$&')
  return `bc-sidecar; error=${proxyErrorOf(error)}; details="${details}"`
}

const longestDetails = 256
