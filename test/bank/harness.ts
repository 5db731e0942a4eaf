import { createSecureContext, type SecureContext } from 'node:tls'
import type { Test } from 'tap'
import type { Dispatcher } from 'undici'
import { type Connections, type ConnectionsOptions, openConnections } from '../../src/bank/connections.ts'
import { type BankOptions, startBank, type TestBank } from '../support/bank.ts'
import { type Authority, anyAuthority } from '../support/pki.ts'

export interface Outcome {
  /** How often undici began to write the request. */
  readonly starts: number
  readonly status: number | undefined
  readonly body: string
  /** The answer came to its end. */
  readonly complete: boolean
  readonly error: (Error & { code?: string }) | undefined
}

export interface Call {
  readonly origin: string
  readonly path?: string
  readonly method?: Dispatcher.HttpMethod
  readonly headers?: string[]
  readonly body?: Dispatcher.DispatchOptions['body']
  readonly onStart?: (controller: Dispatcher.DispatchController) => void
  readonly onHead?: (controller: Dispatcher.DispatchController) => void
}

/** One call through the dispatcher, with all that a handler is told of it. */
export function call(dispatcher: Dispatcher, options: Call): Promise<Outcome> {
  const { origin, path = '/', method = 'GET', headers = [], body = null, onStart, onHead } = options
  const pieces: Buffer[] = []
  let starts = 0
  let status: number | undefined
  return new Promise((resolve) => {
    const finish = (error: Error | undefined) => {
      const outcome = { starts, status, body: Buffer.concat(pieces).toString(), complete: !error, error }
      // undici frees the connection for the next request by a `setImmediate` that it makes after this.
      setImmediate(() => setImmediate(resolve, outcome))
    }
    dispatcher.dispatch(
      { origin, path, method, headers, body },
      {
        onRequestStart(controller) {
          starts++
          onStart?.(controller)
        },
        onResponseStart(controller, statusCode) {
          status = statusCode
          onHead?.(controller)
        },
        onResponseData: (_controller, piece) => void pieces.push(piece),
        onResponseEnd: () => finish(undefined),
        onResponseError: (_controller, error) => finish(error),
      },
    )
  })
}

/** A client certificate and the roots that it trusts, as the credentials folder would give them. */
export async function clientContext(authority: Authority, trusted = authority): Promise<SecureContext> {
  const { chainPem, keyPem } = await authority.client()
  return createSecureContext({ cert: chainPem, key: keyPem, ca: trusted.caPem })
}

export interface Pair {
  readonly authority: Authority
  readonly bank: TestBank
  readonly connections: Connections
  readonly dispatcher: Dispatcher
  readonly origin: string
}

export type PairOptions = Partial<ConnectionsOptions> & { readonly bank?: Partial<BankOptions> }

/** A bank that asks for no token, and connections to it with short times. */
export async function pair(t: Test, { bank: bankOptions, ...options }: PairOptions = {}): Promise<Pair> {
  const authority = bankOptions?.authority ?? (await anyAuthority())
  const bank = await startBank(t, { authority, checkTokens: false, ...bankOptions })
  const connections = openConnections({
    secureContext: await clientContext(authority),
    connectTimeoutMs: 60_000,
    responseTimeoutMs: 60_000,
    maxConnections: 8,
    keepAliveTimeoutMs: 10_000,
    ...options,
  })
  t.teardown(() => connections.destroy())
  return { authority, bank, connections, dispatcher: connections.dispatcher, origin: bank.baseUrl }
}
