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

/** The one place where an error becomes an answer. An app that hung up gets none. */
export function answerProblem(exchange: Exchange, error: SidecarError, environment: string): void {
  const { request, response, requestId, method } = exchange
  exchange.problem = error
  if (response.headersSent || response.destroyed) {
    response.destroy()
    return
  }
  const { status, headers, body } = problemAnswer(error, { environment, requestId })
  // The upload would keep the socket, and the next request on it, waiting.
  if (!request.complete || error.code === 'draining') headers.push('connection', 'close')
  response.writeHead(status, headers)
  if (method !== 'HEAD') response.write(body)
  exchange.responseBytes = body.length
  endAnswer(exchange)
}
