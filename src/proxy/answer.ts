import type { SidecarError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { problemAnswer } from './problem.ts'

/**
 * How long an upload that nobody wants is still read: closing a socket with unread bytes resets it, and the
 * reset can overtake the answer on its way to the app.
 */
const lingerMs = 1_000

/** Ends an answer; when the app is still sending, after its last byte or a moment. */
export function endAnswer({ request, response }: Exchange): void {
  if (request.complete || response.destroyed) {
    response.end()
    return
  }
  const end = (): void => {
    clearTimeout(timer)
    request.off('end', end).off('close', end)
    response.end()
  }
  const timer = setTimeout(end, lingerMs)
  request.on('end', end).on('close', end).resume()
}

/** At its head, a request without a body is not `complete` for Node.js either. */
export function bodyIsUnread({ request, head }: Exchange): boolean {
  return !request.complete && (head.chunked || (head.contentLength ?? 0) > 0)
}

export function closeAfter(exchange: Exchange, headers: string[]): void {
  exchange.closing = true
  headers.push('connection', 'close')
}

/** The one place where an error becomes an answer. An app that hung up gets none. */
export function answerProblem(exchange: Exchange, error: SidecarError, environment: string): void {
  const { response, requestId, method } = exchange
  exchange.problem = error
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const { status, headers, body } = problemAnswer(error, { environment, requestId })
  // The upload would keep the socket, and the next request on it, waiting.
  if (bodyIsUnread(exchange) || error.code === 'draining') closeAfter(exchange, headers)
  response.writeHead(status, headers)
  if (method !== 'HEAD') response.write(body)
  exchange.responseBytes = Buffer.byteLength(body)
  endAnswer(exchange)
}
