import { isIP, type Socket } from 'node:net'
import { type ConnectionOptions, connect, type SecureContext, type TLSSocket } from 'node:tls'
import type { Attempt } from './attempt.ts'
import { ConnectFailure } from './connect-failure.ts'

export interface HandshakeOptions {
  readonly secureContext: SecureContext
  /** To resume. */
  readonly session: Buffer | undefined
  /** A connection through the outbound proxy; without it, one is opened directly. */
  readonly tunnel: Socket | undefined
  /** Told of the socket before anything can happen on it. */
  readonly track: (socket: Socket) => void
  /** Told of sessions that may be resumed, now and later. */
  readonly keepSession: (session: Buffer) => void
}

const safeVersions: ReadonlySet<string | null> = new Set(['TLSv1.2', 'TLSv1.3'])

/**
 * Mutual TLS with the bank: name resolution and TCP (unless there is a tunnel), then the handshake. Resolves with a socket whose
 * server certificate is verified, host name included; rejects with a `ConnectFailure`.
 */
export function handshake(attempt: Attempt, options: HandshakeOptions): Promise<TLSSocket> {
  const { host, signal } = attempt
  if (options.tunnel) attempt.step = 'TLS'
  return new Promise((resolve, reject) => {
    const socket = connect(tlsOptions(attempt, options))
    options.track(socket)
    const onAbort = () => socket.destroy(signal.reason)
    const onClose = () => reject(new ConnectFailure(host, 'it closed the connection in the TLS handshake'))

    signal.addEventListener('abort', onAbort, { once: true })
    socket
      .setNoDelay(true)
      .setKeepAlive(true, 60_000)
      // Node.js holds sessions back until the certificate is verified, and asks for none without a listener from the start.
      .on('session', options.keepSession)
      .on('error', (error) => reject(ConnectFailure.from(host, error)))
      .once('close', onClose)
      .once('lookup', () => {
        attempt.step = 'TCP'
      })
      .once('connect', () => {
        attempt.step = 'TLS'
      })
      .once('secureConnect', () => {
        signal.removeEventListener('abort', onAbort)
        socket.off('close', onClose)
        if (!socket.authorized || !safeVersions.has(socket.getProtocol())) {
          socket.destroy()
          reject(new ConnectFailure(host, 'it offers no TLS version from 1.2 on'))
          return
        }
        socket.on('error', createRelabel())
        resolve(socket)
      })
  })
}

function tlsOptions({ host, port }: Attempt, options: HandshakeOptions): ConnectionOptions {
  const { secureContext, session, tunnel } = options
  return {
    host,
    port,
    servername: isIP(host) ? '' : host,
    secureContext,
    // Said here so that NODE_TLS_REJECT_UNAUTHORIZED cannot switch it off.
    rejectUnauthorized: true,
    ALPNProtocols: ['http/1.1'],
    ...(session && { session }),
    ...(tunnel && { socket: tunnel }),
  }
}

type SocketError = NodeJS.ErrnoException & { socketCode?: string }

/**
 * Gives errors of an open connection the code that undici means for them, before undici sees them, and keeps theirs as `socketCode`.
 * By their own codes, undici takes a reset in the middle of an answer without a length for its proper end, and fails a request
 * that waits for an idle connection, unsent, when that connection breaks, instead of opening another one.
 *
 * After an alert of TLS 1.3 the connection ends, too, and undici tells only of that: its error is given the alert's code.
 */
function createRelabel(): (error: SocketError) => void {
  let firstCode: string | undefined
  return (error) => {
    if (!error.code?.startsWith('UND_ERR_')) {
      firstCode ??= error.code
      if (error.code !== undefined) error.socketCode = error.code
      error.code = 'UND_ERR_SOCKET'
    } else if (firstCode !== undefined) error.socketCode = firstCode
  }
}
