import { errors } from 'undici'
import { type ProblemCode, SidecarError } from '../errors.ts'
import { ConnectFailure } from './connect-failure.ts'
import { connectReason } from './connect-reasons.ts'
import { tlsAlertReason } from './tls-alerts.ts'

interface Meaning {
  readonly code: ProblemCode
  readonly detail: string
}

const lost = 'bank_connection_lost'
const nonsense = 'bank_protocol_error'

/** By code, what a failure after the connection was made means. */
const meanings: Readonly<Record<string, Meaning>> = {
  UND_ERR_SOCKET: { code: lost, detail: 'the bank closed the connection before its answer was complete' },
  ECONNRESET: { code: lost, detail: 'the bank reset the connection before its answer was complete' },
  EPIPE: { code: lost, detail: 'the bank closed the connection while the request was being sent' },
  ETIMEDOUT: { code: lost, detail: 'the connection to the bank died' },
  UND_ERR_DESTROYED: { code: lost, detail: 'the sidecar closed its connections to the bank' },
  UND_ERR_CLOSED: { code: lost, detail: 'the sidecar closed its connections to the bank' },
  UND_ERR_HEADERS_TIMEOUT: {
    code: 'bank_timeout',
    detail: 'the bank did not answer within BC_RESPONSE_TIMEOUT_MS',
  },
  UND_ERR_BODY_TIMEOUT: {
    code: 'bank_timeout',
    detail: 'nothing more of the bank’s answer came within BC_RESPONSE_TIMEOUT_MS',
  },
  UND_ERR_HEADERS_OVERFLOW: {
    code: nonsense,
    detail: 'the headers of the bank’s answer are larger than 64 KiB',
  },
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: {
    code: nonsense,
    detail: 'the bank’s answer is not as long as its Content-Length says',
  },
  UND_ERR_REQ_CONTENT_LENGTH_MISMATCH: {
    code: 'invalid_request',
    detail: 'the body is not as long as its Content-Length says',
  },
}

/** undici has no codes of their own for these. */
const badAnswers: Readonly<Record<string, string>> = {
  'bad response': 'the bank sent an answer that nobody had asked for',
  'bad upgrade': 'the bank answered with an upgrade that nobody had asked for',
}

/**
 * What a failed call of the bank means for the app. `sent`: the request was about to be written, or was. The detail names no
 * address, no secret and nothing of request or answer.
 */
export function bankFailure(error: unknown, sent: boolean): SidecarError {
  if (error instanceof ConnectFailure)
    return new SidecarError('bank_unreachable', error.message, { cause: error })
  if (error instanceof SidecarError) return sent ? asMaybe(error) : error
  const { code, detail } = meaningOf(error)
  const cause = withoutData(error)
  if (sent) return new SidecarError(code, detail, { cause, requestSent: 'maybe' })
  return new SidecarError(code === lost ? 'bank_unreachable' : code, detail, { cause })
}

function asMaybe(error: SidecarError): SidecarError {
  const { code, message, cause, retryAfterSeconds } = error
  return new SidecarError(code, message, {
    cause,
    requestSent: 'maybe',
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  })
}

function meaningOf(error: unknown): Meaning {
  if (!(error instanceof Error)) return internal
  // Its code is missing in undici 7.30; its message names the fault, in llhttp's own words.
  if (error instanceof errors.HTTPParserError) return { code: nonsense, detail: `the bank: ${error.message}` }
  const code = codeOf(error)
  const badAnswer = code === 'UND_ERR_SOCKET' ? badAnswers[error.message] : undefined
  if (badAnswer) return { code: nonsense, detail: badAnswer }
  return meanings[code] ?? brokenConnection(error, code) ?? internal
}

/** An open connection's errors keep their own code as `socketCode`. */
function codeOf(error: Error & { socketCode?: unknown; code?: unknown }): string {
  return String(error.socketCode ?? error.code)
}

const internal: Meaning = {
  code: 'internal_error',
  detail: 'the request to the bank failed inside the sidecar',
}

function brokenConnection(error: Error, code: string): Meaning | undefined {
  const alert = tlsAlertReason(code)
  if (alert) return { code: lost, detail: `the bank ended TLS: ${alert}` }
  if (code.startsWith('ERR_SSL_'))
    return { code: lost, detail: `the TLS connection to the bank broke (${code})` }
  // Errors of the operating system have one, and say so in their code.
  if ('syscall' in error || error instanceof AggregateError) {
    return { code: lost, detail: `the connection to the bank failed: ${connectReason(error)}` }
  }
  return undefined
}

/** The parser's errors carry bytes of the answer, which no log may show. */
function withoutData(error: unknown): unknown {
  if (error instanceof Error && 'data' in error) error.data = undefined
  return error
}
