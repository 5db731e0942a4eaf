import httpProxy from '@fastify/http-proxy'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { SidecarError } from '../errors.ts'
import { noSchemaCompilers } from '../schema-compilers.ts'
import { type AdmissionOptions, createAdmission } from './admission.ts'
import { answerProblem } from './answer.ts'
import { BareRequest } from './bare-request.ts'
import { handleClientError, setUpServer } from './bare-server.ts'
import { hasBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import { createExchanges, type ExchangesOptions } from './exchanges.ts'
import { createForward, type ForwardOptions } from './forward.ts'
import { type HalfCloseOptions, heedHalfClose } from './half-close.ts'
import { placeholderBody } from './placeholder.ts'
import { noOtherWay } from './upstream.ts'

declare module 'fastify' {
  interface FastifyRequest {
    exchange: Exchange
  }
}

export interface ListenerOptions
  extends Omit<AdmissionOptions, 'inFlight' | 'isLogin'>,
    Omit<ForwardOptions, 'ended' | 'limitBytes'>,
    ExchangesOptions,
    Pick<HalfCloseOptions, 'halfCloseMs'> {
  readonly headersTimeoutMs: number
  readonly maxHeaderBytes: number
  readonly wallNow: () => number
}

/** One environment's door: what `app` is listening on is the caller's. */
export interface AppsListener {
  readonly app: FastifyInstance
  inFlight(): number
}

/** RFC 9110 §9.3.2: HEAD is as allowed as GET. */
const loginPath = '/api/v1/authorizations/authorize'
const isLogin = (method: string, path: string): boolean =>
  path === loginPath && (method === 'GET' || method === 'HEAD')

/**
 * The way of a request: its head is read, the checks decide on it, a token is at hand, it goes to the bank, and the bank's
 * answer is written. Every refusal and every failure ends in `answerProblem`.
 */
export function createAppsListener(options: ListenerOptions): AppsListener {
  const exchanges = createExchanges(options)
  const admit = createAdmission({ ...options, isLogin, inFlight: exchanges.inFlight })
  const forward = createForward({ ...options, limitBytes: options.bodyLimitBytes, ended: exchanges.settle })
  const app = fastify(serverOptions(options, exchanges))

  app.decorateRequest('exchange')
  app.addHook('onRequest', (request, reply, done) => {
    // RFC 9112 §9.6: nothing behind an answer that closes is acted on; its answer could not be told.
    if (exchanges.isClosing(request.raw.socket)) {
      reply.hijack()
      request.raw.resume()
      return
    }
    const exchange = exchanges.open(request.raw, reply.raw)
    request.exchange = exchange
    const refusal = admit(exchange)
    if (refusal === undefined) exchanges.admitted(exchange)
    done(refusal)
  })
  app.get(loginPath, async (_request, reply) => {
    reply.header('cache-control', 'no-store').type('application/json')
    return placeholderBody(options.wallNow() / 1000)
  })
  app.register(httpProxy, {
    upstream: options.origin,
    undici: noOtherWay,
    preHandler({ exchange }, reply, done) {
      const goOn = (error?: Error): void => {
        if (error === undefined) {
          reply.hijack()
          forward(exchange)
        } else done(error)
      }
      inTurn(exchange, () => findToken(options, exchange, goOn))
    },
  })
  app.setErrorHandler((error, request, reply) => refuse(options.environment, error, request, reply))
  setUpServer(app.server, { environment: options.environment, ...exchanges })
  heedHalfClose(app.server, { ...options, current: exchanges.current })
  return { app, inFlight: exchanges.inFlight }
}

function serverOptions(options: ListenerOptions, exchanges: ReturnType<typeof createExchanges>) {
  return {
    logger: false,
    schemaController: noSchemaCompilers,
    // The query is the bank's to read.
    routerOptions: { maxParamLength: options.maxHeaderBytes, querystringParser: () => ({}) },
    http: {
      IncomingMessage: BareRequest,
      // A missing Host is ours to refuse, in our words.
      requireHostHeader: false,
      maxHeaderSize: options.maxHeaderBytes,
      headersTimeout: options.headersTimeoutMs,
      // The limit holds only as exactly as Node.js looks at it.
      connectionsCheckingInterval: Math.min(1_000, options.headersTimeoutMs),
    },
    clientErrorHandler: handleClientError({ environment: options.environment, ...exchanges }),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      request.exchange = exchanges.open(request.raw, reply.raw)
      refuse(
        options.environment,
        new SidecarError('invalid_request', 'the path is malformed', { cause: error }),
        request,
        reply,
      )
    },
  }
}

/** RFC 9112 §9.3.2: requests of one connection run side by side only if all of them are safe. */
function inTurn(exchange: Exchange, goOn: () => void): void {
  const { behind } = exchange
  if (behind === undefined || behind.closed || (isSafe(exchange) && isSafe(behind))) goOn()
  else
    behind.response.once('close', () => {
      if (!exchange.closed && !exchange.gone) goOn()
    })
}

/** RFC 9110 §9.2.1. One with a body may have to be told to go on, which must not come amid an earlier answer. */
function isSafe(exchange: Exchange): boolean {
  const { method } = exchange
  return method === 'GET' || method === 'HEAD' || (method === 'OPTIONS' && !hasBody(exchange))
}

/** Without a promise when a token is at hand, which is nearly always. */
function findToken(options: ListenerOptions, exchange: Exchange, done: (error?: Error) => void): void {
  try {
    const session = options.session()
    exchange.session = session
    exchange.token = session.tokens.peek()
    if (exchange.token !== undefined) done()
    else {
      // To an app that hung up meanwhile, or was answered, nothing more is to be said.
      const goOn = (error?: Error): void => {
        if (!exchange.closed && !exchange.gone) done(error)
      }
      void awaitToken(options, exchange).then(() => goOn(), goOn)
    }
  } catch (error) {
    done(error as Error)
  }
}

/** The credentials may change while a token is waited for: certificate and token must be of one set. */
async function awaitToken({ session }: ListenerOptions, exchange: Exchange): Promise<void> {
  do {
    exchange.session = session()
    exchange.token = await exchange.session.tokens.get()
  } while (exchange.session !== session())
}

function refuse(environment: string, error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  answerProblem(request.exchange, asSidecarError(error), environment)
}

/** Fastify and the checks come before anything is sent. */
function asSidecarError(cause: unknown): SidecarError {
  if (cause instanceof SidecarError) return cause
  return new SidecarError('internal_error', 'the sidecar failed to handle this request', { cause })
}
