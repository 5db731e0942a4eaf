import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import type { Secret } from '../secret.ts'
import type { Attempt } from './attempt.ts'
import { ConnectFailure } from './connect-failure.ts'
import { handshake } from './handshake.ts'
import { parseNoProxy } from './no-proxy.ts'
import { openTunnel } from './tunnel.ts'

export interface ConnectorOptions {
  readonly secureContext: SecureContext
  readonly connectTimeoutMs: number
  readonly outboundProxy?: { readonly url: Secret; readonly noProxy: string } | undefined
  readonly onConnection?: ((event: { origin: string; resumed: boolean }) => void) | undefined
}

export interface Connector {
  readonly connect: buildConnector.connector
  /** Every connection that was opened has closed. */
  drained(): Promise<void>
  /** Ends every connection, and every attempt to open one. */
  destroy(): void
}

/**
 * Opens connections to the bank. undici's own connector does not fit: its time-out starts anew with every phase,
 * its TLS sessions can be garbage-collected, and its `EnvHttpProxyAgent` has no time-out for CONNECT, connects
 * again for ever to a proxy that hangs up, loses the proxy's status, and merges repeated headers.
 */
export function createConnector(options: ConnectorOptions): Connector {
  const { secureContext, connectTimeoutMs, outboundProxy, onConnection } = options
  const exempt = parseNoProxy(outboundProxy?.noProxy ?? '*')
  // By host and port; kept here so that no session outlives its client certificate.
  const sessions = new Map<string, Buffer>()
  const attempts = new Set<AbortController>()
  const sockets = new Set<Socket>()
  let onDrained: (() => void)[] = []

  function track(socket: Socket): void {
    sockets.add(socket)
    // An error always comes with a close, and is told to whoever waits for the socket.
    socket
      .on('error', () => {})
      .on('close', () => {
        sockets.delete(socket)
        if (sockets.size > 0) return
        for (const resolve of onDrained) resolve()
        onDrained = []
      })
  }

  async function reach(attempt: Attempt): Promise<TLSSocket> {
    const { host, port } = attempt
    const tunnel =
      outboundProxy && !exempt(host, port) ? await openTunnel(attempt, outboundProxy.url, track) : undefined
    const key = `${host}:${port}`
    const session = sessions.get(key)
    const keepSession = (fresh: Buffer) => void sessions.set(key, fresh)
    try {
      return await handshake(attempt, { secureContext, session, tunnel, track, keepSession })
    } catch (error) {
      sessions.delete(key)
      throw error
    }
  }

  async function open(host: string, port: number): Promise<TLSSocket> {
    const controller = new AbortController()
    const attempt: Attempt = { host, port, signal: controller.signal, step: 'name resolution' }
    const timer = setTimeout(() => {
      controller.abort(
        new ConnectFailure(host, `no connection within ${connectTimeoutMs} ms (${attempt.step})`),
      )
    }, connectTimeoutMs)
    attempts.add(controller)
    try {
      return await reach(attempt)
    } finally {
      clearTimeout(timer)
      attempts.delete(controller)
    }
  }

  const connect: buildConnector.connector = ({ hostname, port, host, protocol }, callback) => {
    open(hostname, Number(port || 443)).then(
      (socket) => {
        onConnection?.({ origin: `${protocol}//${host}`, resumed: socket.isSessionReused() })
        // undici would connect again at once, for as long as this goes on.
        if (socket.destroyed) callback(new ConnectFailure(hostname, 'the connection broke at once'), null)
        else callback(null, socket)
      },
      (error: Error) => callback(error, null),
    )
  }

  return {
    connect,
    drained: () =>
      sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => onDrained.push(resolve)),
    destroy() {
      for (const attempt of attempts)
        attempt.abort(new ConnectFailure('the sidecar', 'it closed its connections to the bank'))
      for (const socket of sockets) socket.destroy()
    },
  }
}
