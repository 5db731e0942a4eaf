import type { SecureContext } from 'node:tls'
import { Agent, type Dispatcher } from 'undici'
import type { Secret } from '../secret.ts'
import { createConnector } from './connector.ts'
import { RawAnswers } from './raw-answers.ts'

export interface OutboundProxy {
  /** `http://` or `https://`, with or without user and password. */
  readonly url: Secret
  /** NO_PROXY: names, suffixes and `name:port`, separated by commas or spaces; `*` for every host. */
  readonly noProxy: string
}

export interface ConnectionsOptions {
  /** Client certificate, key and trusted roots of one generation of credentials. */
  readonly secureContext: SecureContext
  /** Name resolution, TCP, outbound proxy and TLS together. */
  readonly connectTimeoutMs: number
  /** From the request's last byte to the answer's head, and between two pieces of its body. */
  readonly responseTimeoutMs: number
  /** To each origin. */
  readonly maxConnections: number
  readonly keepAliveTimeoutMs: number
  readonly outboundProxy?: OutboundProxy | undefined
  readonly onConnection?: ((event: ConnectionEvent) => void) | undefined
}

export interface ConnectionEvent {
  readonly origin: string
  /** A TLS session of this generation was resumed. */
  readonly resumed: boolean
}

export interface Connections {
  readonly dispatcher: Dispatcher
  /** Lets requests in flight finish; a connection closes as soon as it has none. */
  close(): Promise<void>
  /** Breaks every connection off, with what is on it. */
  destroy(): Promise<void>
}

/** The bound for the heads of the bank's answers: names and values together. */
const maxHeadBytes = 64 * 1024

/**
 * The bank connections of one generation of credentials. Failures: `bankFailure` tells what they mean.
 *
 * No request is written twice: over HTTP/1.1 without pipelining, undici's client gives a request another connection only while
 * nothing of it has been written; once it has, a connection that ends fails it (client-h1.js, onHttpSocketClose). HTTP/2, which
 * puts requests back after GOAWAY, is off, and no retry interceptor is used.
 */
export function openConnections(options: ConnectionsOptions): Connections {
  const connector = createConnector(options)
  const agent = new LookFirstAgent({
    connect: connector.connect,
    connections: options.maxConnections,
    pipelining: 1,
    allowH2: false,
    keepAliveTimeout: options.keepAliveTimeoutMs,
    // The bank's `Keep-Alive: timeout=…` may shorten the time, never lengthen it.
    keepAliveMaxTimeout: options.keepAliveTimeoutMs,
    headersTimeout: options.responseTimeoutMs,
    bodyTimeout: options.responseTimeoutMs,
    maxHeaderSize: maxHeadBytes,
  })

  let breakOff!: () => void
  const brokenOff = new Promise<void>((resolve) => {
    breakOff = resolve
  })

  async function close(): Promise<void> {
    await deferred()
    // undici's close() waits for ever when destroy() overtakes it.
    if (!agent.destroyed) await Promise.race([agent.close(), brokenOff])
    await connector.drained()
  }

  async function destroy(): Promise<void> {
    breakOff()
    // First, so that calls under way hear who ended them.
    const destroyed = agent.destroy()
    connector.destroy()
    await destroyed
    await connector.drained()
  }

  return { dispatcher: agent, close, destroy }
}

/** Resolves after every request that was deferred until now has been dispatched. */
function deferred(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

const repeatable: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * Looks at the idle connections before a payment is written to one.
 *
 * A bank that closes an idle connection while a request is on its way leaves us with `maybe`, which
 * nobody can mend. But once its close has arrived here, no payment may be written into it. undici waits
 * one `setImmediate` before it uses an idle connection; dispatched while the event loop handles a batch of
 * events, that runs after this batch, so a close that arrived meanwhile is not seen. Deferred by one
 * more, there is always a whole poll between dispatch and write. Requests that only read go at once.
 *
 * undici's own calls, such as `request()`, speak its older handler interface and are left as they are.
 */
class LookFirstAgent extends Agent {
  override dispatch(options: Agent.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    const raw = handler.onRequestStart === undefined ? handler : new RawAnswers(handler)
    if (repeatable.has(options.method)) return super.dispatch(options, raw)
    setImmediate(() => super.dispatch(options, raw))
    return true
  }
}
