import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { problems, SidecarError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { problemAnswer } from './problem.ts'

/** What comes before Fastify: bytes that are no request, and requests that Node.js treats as special. */
export function setUpServer(server: Server): void {
  // Node.js would drop headers beyond the first thousand or so, unseen by any check; their bytes are bounded.
  server.maxHeadersCount = 0
  // RFC 9110 §10.1.1: an expectation that is not understood may be ignored; ours end here anyway.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
    server.emit('request', request, response)
  })
  server.on('connect', (_request: IncomingMessage, socket: Duplex) => {
    socket.on('error', () => undefined)
    refuseOn(socket, new SidecarError('method_not_allowed', 'CONNECT is not forwarded'), '')
  })
}

interface Exchanges {
  current(socket: Socket): Exchange | undefined
}

/** Node.js's `clientError`: what arrived is not HTTP, too large, or too slow. */
export function handleClientError(environment: string, exchanges: Exchanges) {
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (socket.destroyed) return
    const exchange = exchanges.current(socket)
    const open = exchange?.closed === false ? exchange : undefined
    // An answer under way is the app's: what came after its request must neither overtake nor mend it.
    if (open?.request.complete === true) {
      open.response.shouldKeepAlive = false
      socket.removeAllListeners('data').resume()
      return
    }
    // Our own answer is written, and waits for an upload that will never end.
    if (open?.problem !== undefined && open.response.headersSent) {
      socket.removeAllListeners('data').resume()
      open.response.end()
      return
    }
    if (error.code === 'ECONNRESET' || !socket.writable || open?.response.headersSent === true) {
      socket.destroy(error)
      return
    }
    const code = codeOf(error.code)
    const requestSent = open?.sent === true ? 'maybe' : 'no'
    // What has not begun by now must not begin any more.
    if (open !== undefined) open.gone = true
    refuseOn(socket, new SidecarError(code, sentences[code], { requestSent }), environment)
  }
}

type Unreadable = 'headers_too_large' | 'request_timeout' | 'invalid_request'

function codeOf(code: string | undefined): Unreadable {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout'
  return 'invalid_request'
}

const sentences: Record<Unreadable, string> = {
  headers_too_large: 'request line and headers are larger than 16 KiB',
  request_timeout: 'the request headers were not complete in time',
  invalid_request: 'what was sent is not HTTP/1.1',
}

function refuseOn(socket: Duplex, error: SidecarError, environment: string): void {
  const { status, headers, body } = problemAnswer(error, { environment, requestId: '' })
  const lines = [`HTTP/1.1 ${status} ${problems[error.code].title}`, 'connection: close']
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`)
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
