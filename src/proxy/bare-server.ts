import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { SidecarError } from '../errors.ts'
import { answerProblem, answerSocket, endSocket } from './answer.ts'
import type { Exchange } from './exchange.ts'

export interface BareServerOptions {
  readonly environment: string
  /** The newest request of a connection. */
  readonly current: (socket: Socket) => Exchange | undefined
  /** Accounts for an answer to what is no exchange; gives its request id. */
  readonly turnedAway: (method: string, error: SidecarError) => string
}

/** What comes before Fastify: bytes that are no request, and requests that Node.js treats as special. */
export function setUpServer(server: Server, options: BareServerOptions): void {
  // Node.js would drop headers beyond the first thousand or so, unseen by any check; their bytes are bounded.
  server.maxHeadersCount = 0
  server.on('connect', (_request: IncomingMessage, socket: Socket) => {
    socket.on('error', () => undefined)
    const open = openOn(socket, options)
    if (open === undefined)
      refuse(options, socket, 'CONNECT', new SidecarError('method_not_allowed', 'CONNECT is not forwarded'))
    else {
      answerNoMore(open, socket)
      keepTelling(socket)
    }
  })
}

/** Node.js's `clientError`: what arrived is not HTTP, too large, or too slow. */
export function handleClientError(options: BareServerOptions) {
  const refused = new WeakSet<Duplex>()
  return (error: ClientError, socket: Socket): void => {
    if (socket.destroyed || !socket.writable || refused.has(socket)) return
    const open = openOn(socket, options)
    const code = codeOf(error)
    if (open?.request.complete === true) answerNoMore(open, socket)
    else if (open !== undefined) {
      open.refused = error.code !== endedEarly
      breakOff(options, open, code)
    }
    // RFC 9110 §15.5.9 would have a 408 here, but a client might take it for the answer to its next request.
    else if (socket.bytesRead === 0) socket.destroy()
    else {
      refused.add(socket)
      refuse(options, socket, notHttp, new SidecarError(code, sentences[code]))
    }
  }
}

/** The parser's word for a FIN amid a request: of an app that is gone, most likely. */
const endedEarly = 'HPE_INVALID_EOF_STATE'

/** How the method of what is no request is called, in logs and metrics. */
const notHttp = 'other'

function openOn(socket: Socket, { current }: BareServerOptions): Exchange | undefined {
  const exchange = current(socket)
  return exchange?.closed === false ? exchange : undefined
}

/** An answer under way is the app's: what came after its request must neither overtake nor mend it. */
function answerNoMore({ response }: Exchange, socket: Socket): void {
  response.shouldKeepAlive = false
  discard(socket)
  // The head is written, and may have promised that the connection stays: Node.js then leaves it open.
  if (response.headersSent) response.once('close', () => endSocket(socket))
}

/** Reads on, which no parser does any more: Node.js takes it off a socket whose data somebody listens to. */
function discard(socket: Socket): void {
  socket.removeAllListeners('data').on('data', () => undefined)
}

/** At CONNECT, Node.js lets go of the socket: the answer under way would wait for ever for room to be written to. */
function keepTelling(socket: Socket): void {
  // Not in Node.js's documentation: the answer that the socket belongs to, which that of another request may be waiting for.
  const holder = socket as { readonly _httpMessage?: ServerResponse | null }
  for (const event of ['drain', 'timeout'] as const)
    socket.on(event, () => holder._httpMessage?.emit(event, socket))
}

/** The body of a request is no HTTP, or ends before its end: the request gets the answer, in its turn. */
function breakOff({ environment }: BareServerOptions, open: Exchange, code: Unreadable): void {
  const { response, request } = open
  discard(request.socket)
  // Our own answer is written, and waits for an upload that will never end.
  if (open.problem !== undefined && response.headersSent) response.end()
  else if (response.headersSent) request.socket.destroy()
  else {
    // What has not begun by now must not begin any more.
    open.gone = true
    const requestSent = open.sent ? 'maybe' : 'no'
    answerProblem(open, new SidecarError(code, sentences[code], { requestSent }), environment)
    response.socket?.end()
  }
}

type ClientError = Error & { readonly code?: string; readonly rawPacket?: unknown }

type Unreadable = 'headers_too_large' | 'request_timeout' | 'method_not_allowed' | 'invalid_request'

function codeOf({ code, rawPacket }: ClientError): Unreadable {
  if (code === 'HPE_HEADER_OVERFLOW') return 'headers_too_large'
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout'
  // Of a method that Node.js's parser does not know, nothing else comes of the request.
  if (code === 'HPE_INVALID_METHOD' && requestLine.test(String(rawPacket))) return 'method_not_allowed'
  return 'invalid_request'
}

// RFC 9112 §2.2 and §3, with any method (RFC 9110 §9.1).
const requestLine = /^(?:\r?\n)*[\w!#$%&'*+.^`|~-]+ (?:\/|\*|https?:)\S* HTTP\/1\.\d\r?\n/

const sentences: Record<Unreadable, string> = {
  headers_too_large: 'request line and headers are larger than 16 KiB',
  request_timeout: 'the request headers were not complete in time',
  method_not_allowed: 'this method is not forwarded',
  invalid_request: 'what was sent is not HTTP/1.1',
}

function refuse(options: BareServerOptions, socket: Socket, method: string, error: SidecarError): void {
  const { environment, turnedAway } = options
  answerSocket(socket, error, { environment, requestId: turnedAway(method, error) })
}
