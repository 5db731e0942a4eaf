import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls'

/** One TLS connection that the bank accepted: its handshake succeeded, client certificate included. */
export interface SeenConnection {
  readonly id: number
  readonly protocol: string | null
  readonly resumed: boolean
  /** SHA-1 of the client certificate, upper-case hex. */
  readonly thumbprint: string
  readonly socket: TLSSocket
  requests: number
  open: boolean
}

export interface SeenRequest {
  readonly method: string
  readonly url: string
  readonly rawHeaders: readonly string[]
  readonly headers: IncomingMessage['headers']
  readonly thumbprint: string
  readonly connection: SeenConnection
  /** What came after `Bearer `. */
  readonly token: string | undefined
  body: Buffer
  /** The whole body has arrived. */
  complete: boolean
}

export interface Exchange {
  readonly seen: SeenRequest
  readonly request: IncomingMessage
  readonly response: ServerResponse
  /** To answer hostile bytes, or to hang up. */
  readonly socket: TLSSocket
}

export type Handler = (exchange: Exchange) => void | Promise<void>

export interface Listener {
  readonly port: number
  readonly url: string
  readonly requests: SeenRequest[]
  readonly connections: SeenConnection[]
  /** Handshakes that failed. */
  readonly refusals: Error[]
  /** Answers a request once its whole body has arrived and `accepts` said yes. */
  handler: Handler
  /** Whether a request comes with the right credentials; if not, it is answered 401. */
  accepts: (seen: SeenRequest) => boolean
  /** Sees a request's head, before its body; `true` when it takes the request over: nobody else answers it. */
  onHead: ((exchange: Exchange) => boolean) | undefined
  /** Gets the bare TLS socket of every new connection; nothing reads or writes it but the handler. */
  onSocket: ((socket: TLSSocket) => void) | undefined
  /** Connections that are open now. */
  openCount(): number
  /** New server certificate or CA, for new connections. */
  setTls(options: TlsOptions): void
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

/** One TLS listener of the test bank on a free port of 127.0.0.1. */
export async function listen(tls: TlsOptions, hostname: string): Promise<Listener> {
  const sockets = new Set<{ destroy(): void }>()
  const bySocket = new WeakMap<object, SeenConnection>()
  const connections: SeenConnection[] = []
  const requests: SeenRequest[] = []
  const refusals: Error[] = []

  const http = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    void onRequest(request, response)
  })
  http.on('clientError', (_error, socket) => socket.destroy())
  const server = createTlsServer({ ALPNProtocols: ['http/1.1'], noDelay: true, ...tls }, (socket) => {
    const connection = seenConnection(socket, connections.length + 1)
    connections.push(connection)
    bySocket.set(socket, connection)
    socket
      .on('error', () => {})
      .on('close', () => {
        connection.open = false
      })
    if (listener.onSocket) listener.onSocket(socket)
    else http.emit('connection', socket)
  })
  server.on('tlsClientError', (error) => refusals.push(error))
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const socket = request.socket as TLSSocket
    const connection = bySocket.get(socket)
    if (!connection) throw new Error('a request came on a connection that was never seen')
    connection.requests++
    const seen = seenRequest(request, connection)
    requests.push(seen)
    const exchange = { seen, request, response, socket }
    if (listener.onHead?.(exchange)) return
    if (!(await gather(request, seen))) return
    if (listener.accepts(seen)) await listener.handler(exchange)
    else respond(response, 401, [{ errorCode: '401', errorText: 'Unauthorized' }])
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const listener: Listener = {
    port,
    url: `https://${hostname}:${port}`,
    requests,
    connections,
    refusals,
    handler: ({ response }) => respond(response, 200, emptyList),
    accepts: () => true,
    onHead: undefined,
    onSocket: undefined,
    openCount: () => connections.filter((one) => one.open).length,
    setTls: (options) => server.setSecureContext(options),
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return listener
}

function seenConnection(socket: TLSSocket, id: number): SeenConnection {
  return {
    id,
    socket,
    protocol: socket.getProtocol(),
    resumed: socket.isSessionReused(),
    thumbprint: socket.getPeerX509Certificate()?.fingerprint.replaceAll(':', '') ?? '',
    requests: 0,
    open: true,
  }
}

function seenRequest(request: IncomingMessage, connection: SeenConnection): SeenRequest {
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    rawHeaders: request.rawHeaders,
    headers: request.headers,
    thumbprint: connection.thumbprint,
    connection,
    token: /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1],
    body: Buffer.alloc(0),
    complete: false,
  }
}

/** False when the client hung up in the middle of its body. */
async function gather(request: IncomingMessage, seen: SeenRequest): Promise<boolean> {
  const pieces: Buffer[] = []
  try {
    for await (const piece of request) pieces.push(piece as Buffer)
    seen.complete = true
  } catch {
    // A client that hangs up is what some tests are about.
  }
  seen.body = Buffer.concat(pieces)
  return seen.complete
}

const emptyList = { result: [], pageInfo: { currentPage: 1, pageSize: 25, rowCount: 0 } }

export function respond(response: ServerResponse, status: number, content: unknown): void {
  const body = Buffer.from(JSON.stringify(content))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': body.length }).end(body)
}
