import type { Socket } from 'node:net'
import type { SecureContext, TLSSocket } from 'node:tls'
import type { buildConnector } from 'undici'
import type { Secret } from '../secret.ts'
import type { Attempt } from './attempt.ts'
import { ConnectFailure } from './connect-failure.ts'
import { createFailing } from './failing.ts'
import { handshake } from './handshake.ts'
import { parseNoProxy } from './no-proxy.ts'
import { createOpenSockets } from './open-sockets.ts'
import { openTunnel, parseProxy } from './tunnel.ts'
import { discardContinue, goOnAtEnd } from './undici-parser.ts'

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
  const proxy = outboundProxy && parseProxy(outboundProxy.url)
  // By host and port; kept here so that no session outlives its client certificate.
  const sessions = new Map<string, Buffer>()
  const attempts = new Set<AbortController>()
  const sockets = createOpenSockets()
  const failing = createFailing()

  async function reach(attempt: Attempt): Promise<TLSSocket> {
    const { host, port } = attempt
    const track = (socket: Socket) => sockets.track(socket)
    const tunnel = proxy && !exempt(host, port) ? await openTunnel(attempt, proxy, track) : undefined
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
    const giveUp = (): void => {
      const reason = `no connection within ${connectTimeoutMs} ms (${attempt.step})`
      controller.abort(new ConnectFailure(host, reason))
    }
    const timer = setTimeout(giveUp, connectTimeoutMs)
    attempts.add(controller)
    try {
      return await reach(attempt)
    } finally {
      clearTimeout(timer)
      attempts.delete(controller)
    }
  }

  const connect: buildConnector.connector = ({ hostname, port, protocol, host }, callback) => {
    const origin = `${protocol}//${host}`
    const failure = failing.get(origin)
    const opened = failure ? Promise.reject(failure) : open(hostname, Number(port || 443))
    opened.then(
      (socket) => {
        failing.count(origin, socket)
        onConnection?.({ origin, resumed: socket.isSessionReused() })
        // undici would connect again at once, for as long as this goes on.
        if (socket.destroyed) callback(new ConnectFailure(hostname, 'the connection broke at once'), null)
        else {
          goOnAtEnd(socket)
          callback(null, socket)
          discardContinue(socket)
        }
      },
      (error: Error) => failing.during(origin, error, () => callback(error, null)),
    )
  }

  return {
    connect,
    drained: () => sockets.drained(),
    destroy() {
      const reason = new ConnectFailure('the sidecar', 'it closed its connections to the bank')
      for (const attempt of attempts) attempt.abort(reason)
      sockets.destroy()
    },
  }
}
