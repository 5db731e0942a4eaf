import { createServer, type IncomingMessage } from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import type { Issued } from './pki.ts'

export interface OutboundProxyOptions {
  /** Makes it an https:// proxy. */
  readonly server?: Pick<Issued, 'chainPem' | 'keyPem'>
  /** `user:password` that it demands. */
  readonly credentials?: string
  /** Answers CONNECT instead of it. */
  readonly onConnect?: (socket: Socket, request: IncomingMessage) => void
}

export interface OutboundProxy {
  readonly url: string
  readonly port: number
  /** Every CONNECT that it was asked for. */
  readonly seen: { target: string; rawHeaders: readonly string[] }[]
  /** Connections that are open now, to both sides. */
  openCount(): number
  close(): Promise<void>
}

/** An HTTP proxy that knows CONNECT only, to any host; names lead to 127.0.0.1. Closes at the test's end. */
export async function startOutboundProxy(
  t: Test,
  options: OutboundProxyOptions = {},
): Promise<OutboundProxy> {
  const { server: identity, credentials, onConnect } = options
  const seen: OutboundProxy['seen'] = []
  const sockets = new Set<Socket>()
  const server = identity
    ? createSecureServer({ cert: identity.chainPem, key: identity.keyPem })
    : createServer()

  server.on('connection', (socket: Socket) => {
    track(socket)
  })
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    seen.push({ target: request.url ?? '', rawHeaders: request.rawHeaders })
    const given = request.headers['proxy-authorization']
    const wanted = credentials && `Basic ${Buffer.from(credentials).toString('base64')}`
    if (onConnect) onConnect(socket, request)
    else if (given !== wanted) socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    else relay(socket, Number(request.url?.split(':').at(-1)))
  })

  function track(socket: Socket): void {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
  }

  function relay(socket: Socket, port: number): void {
    const onward = connect({ port, host: '127.0.0.1', noDelay: true })
    track(onward)
    onward.once('connect', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      socket.pipe(onward).pipe(socket)
    })
    onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
    socket.on('error', () => onward.destroy()).on('close', () => onward.destroy())
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  async function close(): Promise<void> {
    for (const socket of sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
  t.teardown(close)
  return {
    url: `${identity ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    seen,
    openCount: () => sockets.size,
    close,
  }
}
