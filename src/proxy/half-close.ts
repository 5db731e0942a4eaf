import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { Exchange } from './exchange.ts'

export interface HalfCloseOptions {
  /** How soon after its request an app says so that will only listen from then on. */
  readonly halfCloseMs: number
  readonly now: () => number
  /** The newest request of a connection. */
  readonly current: (socket: Socket) => Exchange | undefined
}

/**
 * TCP says with the same FIN that an app sends no more (RFC 9112 §9.6: `nc -N`, some HTTP/1.0 clients) and that
 * it is gone. One that comes with the request is taken for the former: the answer is due. A later one is that of
 * an app that gave up: it may ask again, so nothing of its request may be sent any more if nothing has been yet.
 */
export function heedHalfClose(server: Server, options: HalfCloseOptions): void {
  const { halfCloseMs, now, current } = options
  // Not in Node.js's documentation; without it, every FIN would end the connection.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket: Socket) => {
    socket.on('end', () => {
      const exchange = current(socket)
      if (exchange === undefined || exchange.closed || exchange.refused) return
      exchange.halfClosed = true
      exchange.response.shouldKeepAlive = false
      if (now() - Math.max(exchange.startedAt, exchange.lastByteAt) > halfCloseMs) socket.destroy()
    })
  })
}
