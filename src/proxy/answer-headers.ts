import { SidecarError } from '../errors.ts'
import { createSieve, dropNamed } from './header-names.ts'

/**
 * From undici's raw answer headers to a flat array for `writeHead`: as the bank gave them, with their
 * repetitions, order and bytes, but for those that describe the bank's connection or pass for ours. A
 * Proxy-Status of the bank's stays: RFC 9209 §2 makes it a list that each hop may leave as it is. Throws
 * `bank_protocol_error` when the body is coded in a way that neither undici undoes nor the app was told of.
 */
export function buildAnswerHeaders(raw: readonly (Buffer | string)[]): string[] {
  const headers: string[] = []
  let perHop: string | undefined
  let lengths = 0
  for (let at = 0; at < raw.length; at += 2) {
    const name = text(raw[at] as Buffer | string)
    const value = text(raw[at + 1] as Buffer | string)
    if (concernsUs(name)) {
      const lower = name.toLowerCase()
      if (lower === 'connection') perHop = perHop === undefined ? value : `${perHop},${value}`
      else if (lower === 'transfer-encoding') lengths += checkCoding(value)
      else if (lower === 'content-length') lengths += 1
      if (staysBehind.has(lower) || lower.startsWith(family)) continue
    }
    headers.push(name, value)
  }
  if (perHop !== undefined) dropNamed(headers, perHop)
  // RFC 9112 §6.3: a length beside chunks, or a second one, must not frame the answer to the app.
  if (lengths > 1) dropNamed(headers, 'content-length')
  return headers
}

/** The length that an answer's headers declare, NaN when they do not. */
export function declaredLength(headers: readonly string[]): number {
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string
    if (name.length === 14 && name.toLowerCase() === 'content-length') return Number(headers[at + 1])
  }
  return Number.NaN
}

/** Chunks count as a way to tell the length. */
function checkCoding(value: string): 1 {
  if (value.toLowerCase() === 'chunked') return 1
  throw new SidecarError('bank_protocol_error', 'the bank answered in a transfer coding other than chunked', {
    requestSent: 'maybe',
  })
}

function text(part: Buffer | string): string {
  return typeof part === 'string' ? part : part.toString('latin1')
}

const family = 'bc-sidecar-'

// RFC 9110 §7.6.1 and §11.7: one connection's. No trailers are passed on, so none are announced.
const staysBehind: ReadonlySet<string> = new Set([
  ...'connection keep-alive te trailer transfer-encoding upgrade'.split(' '),
  ...'proxy-connection proxy-authenticate proxy-authentication-info'.split(' '),
])
const concernsUs = createSieve([...staysBehind, 'content-length'], [family])
