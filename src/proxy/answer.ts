import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { problems, type SidecarError } from '../errors.ts'
import { hasBody } from './body.ts'
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

/** RFC 9112 §8: an answer that breaks off must reach the app as incomplete. */
export function breakOff({ request, response }: Exchange): void {
  // A connection that closes without a byte is one on which some clients repeat a request by themselves.
  response.flushHeaders()
  // In HTTP/1.0, a connection that is closed properly is the end of an answer. Node.js's `resetAndDestroy()` closes
  // properly before it resets; a unix socket knows no reset.
  if (request.httpVersionMinor === 0 && request.socket.remoteAddress !== undefined)
    Object.assign(request.socket, { resetAndClosing: true })
  response.destroy()
}

/** As a string, a small body leaves in one piece with its head, for less than a list of buffers would cost. */
const smallBytes = 8_192

/** Not in Node.js's documentation: the head, and whether it still waits for what is written first. */
interface Waiting {
  _header?: unknown
  readonly _headerSent?: boolean
}

/**
 * Writes all of a small body and ends the answer; false when that is not the way to end this one. `end(body)` would write an
 * empty piece behind the body, and so two of them by a way (writev) that costs each request a twentieth more.
 */
export function endWhole(exchange: Exchange, body: Buffer): boolean {
  if (body.length > smallBytes || bodyIsUnread(exchange)) return false
  const response: ServerResponse & Waiting = exchange.response
  const text = body.toString('latin1')
  if (response._headerSent === false && typeof response._header === 'string') {
    response._header += text
    response.end()
  } else response.end(text, 'latin1')
  return true
}

/**
 * RFC 9112 §6.3: whole with its head, whatever its Content-Length says (in a 304: how long the body would have been). undici waits
 * for so much, and fails.
 */
export function hasNoBody(status: number): boolean {
  return status === 204 || status === 304
}

/** At its head, a request without a body is not `complete` for Node.js either. */
export function bodyIsUnread(exchange: Exchange): boolean {
  return !exchange.request.complete && hasBody(exchange)
}

/** Nothing more is served on its connection, but for what is under way behind it. */
export function isLast({ draining, next }: Exchange): boolean {
  return draining() && next === undefined
}

export function closeAfter(exchange: Exchange, headers: string[]): void {
  exchange.closing = true
  headers.push('connection', 'close')
}

export interface AnswerHead {
  readonly status: number
  /** Default: the usual one of the status. */
  readonly statusText?: string
  /** Flat names and values. */
  readonly headers: string[]
}

/** The head of an answer. If nobody is there any more, what is written after it will tell: so it goes by itself. */
export function writeHead(exchange: Exchange, { status, statusText, headers }: AnswerHead): void {
  const { response, halfClosed } = exchange
  if (statusText === undefined) response.writeHead(status, headers)
  else response.writeHead(status, statusText, headers)
  if (halfClosed) response.flushHeaders()
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
  if (bodyIsUnread(exchange) || error.code === 'draining' || isLast(exchange)) closeAfter(exchange, headers)
  writeHead(exchange, { status, headers })
  if (method !== 'HEAD') response.write(body)
  exchange.responseBytes = Buffer.byteLength(body)
  endAnswer(exchange)
}

/** The same to bytes that are no request: nothing else will be read as one on this connection. */
export function answerSocket(
  socket: Socket,
  error: SidecarError,
  about: { readonly environment: string; readonly requestId: string },
): void {
  const { status, headers, body } = problemAnswer(error, about)
  const lines = [`HTTP/1.1 ${status} ${problems[error.code].title}`, 'connection: close']
  for (let at = 0; at < headers.length; at += 2) lines.push(`${headers[at]}: ${headers[at + 1]}`)
  socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
  endSocket(socket)
}

/** Nothing more will be said nor heard. RFC 9112 §9.6: at once, what the app still sends would cost it the answer. */
export function endSocket(socket: Socket): void {
  socket.end()
  const timer = setTimeout(() => socket.destroy(), lingerMs)
  socket.on('close', () => clearTimeout(timer)).resume()
}
