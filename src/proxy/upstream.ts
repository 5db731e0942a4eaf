import type { FastifyHttpProxyOptions } from '@fastify/http-proxy'
import type { FastifyRequest } from 'fastify'
import type { SidecarError } from '../errors.ts'
import { answerProblem } from './answer.ts'
import type { Exchange } from './exchange.ts'
import type { Answering } from './forward.ts'

/** Carries the exchange through @fastify/reply-from's headers object to the dispatcher below. */
const carried = Symbol('exchange')

interface UpstreamRequest {
  readonly headers: { readonly [carried]?: Exchange }
}
interface UpstreamAnswer {
  readonly statusCode: number
  readonly headers: Record<string, never>
  readonly body: { destroy(): void }
}
type Done = (error: Error | null, answer?: UpstreamAnswer) => void

/**
 * The dispatcher that @fastify/http-proxy is given in place of undici's own, which would not verify the
 * bank's certificate (CVE-2026-107318), would retry a 503 and would know nothing of tokens.
 */
export function createUpstream(forward: (exchange: Exchange, answering: Answering) => void): object {
  return {
    request({ headers }: UpstreamRequest, done: Done): void {
      const exchange = headers[carried]
      if (exchange === undefined) throw new Error('a request came past the checks')
      forward(exchange, (error) => {
        if (error === undefined) done(null, taken)
        else done(error)
      })
    },
  }
}

// The answer goes from undici straight to the app: nothing is left for @fastify/reply-from to send, nor to judge (Fastify
// knows no status above 599).
const taken: UpstreamAnswer = { statusCode: 200, headers: {}, body: { destroy: () => undefined } }

/** The documented options of @fastify/reply-from that put us in charge of both heads and of every error. */
export function proxyReplyOptions(environment: string): ReplyOptions {
  return {
    // RFC 9110 §9.2.2 allows a proxy no automatic retry of what is not idempotent; here nothing is retried.
    retryDelay: () => null,
    rewriteRequestHeaders: (request) => ({ [carried]: exchangeOf(request) }) as Record<string, never>,
    onResponse: (_request, reply) => void reply.hijack(),
    onError: (reply, { error }) => {
      reply.hijack()
      answerProblem(exchangeOf(reply.request), error.cause as SidecarError, environment)
    },
  }
}

type ReplyOptions = NonNullable<FastifyHttpProxyOptions['replyOptions']>

export function exchangeOf(request: Pick<FastifyRequest, 'exchange'>): Exchange {
  return request.exchange
}
