import fastify, { type FastifyInstance, type FastifyReply } from 'fastify'
import { type AllowedHost, createHostCheck } from '../host.ts'
import { noSchemaCompilers } from '../schema-compilers.ts'
import { answerBroken } from './broken-request.ts'
import type { EnvironmentReport } from './environment-report.ts'
import { refusalOf } from './guard.ts'
import { type Health, readiness, startup } from './health.ts'
import type { Metrics } from './metrics.ts'
import { createPage } from './page/document.ts'
import { notFound, type Problem, problemOf } from './problem.ts'
import { type StatusSource, statusOf } from './status.ts'

export interface AdminOptions {
  readonly version: string
  readonly metrics: Metrics
  readonly environments: () => readonly EnvironmentReport[]
  readonly draining: () => boolean
  readonly tokenCache?: StatusSource['tokenCache']
  readonly allowedHosts: readonly AllowedHost[]
  readonly startedAt?: Date
  readonly wallNow?: () => number
}

const headersTimeoutMs = 15_000
const requestTimeoutMs = 30_000
const maxConnections = 256

/** For probes, Prometheus and people: everything can be read, nothing changed. The caller opens it. */
export function createAdmin(options: AdminOptions): FastifyInstance {
  const { startedAt = new Date(performance.timeOrigin), wallNow = Date.now } = options
  const app = openServer()
  const checkHost = createHostCheck(options.allowedHosts)
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(safeHeaders)
    const refusal = refusalOf(request.raw, checkHost)
    if (refusal !== undefined) return refuse(reply, refusal)
  })
  addProbes(app, options)
  addPages(app, { ...options, startedAt, wallNow })
  app.get('/metrics', async (_request, reply) => {
    const text = await options.metrics.text(options.environments())
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text)
  })
  app.setNotFoundHandler((_request, reply) => refuse(reply, notFound()))
  return app
}

function openServer(): FastifyInstance {
  const app = fastify({
    logger: false,
    schemaController: noSchemaCompilers,
    requestTimeout: requestTimeoutMs,
    http: { requireHostHeader: false, headersTimeout: headersTimeoutMs, connectionsCheckingInterval: 5_000 },
    clientErrorHandler: answerBroken,
    frameworkErrors: (_error, _request, reply) => {
      reply.headers(safeHeaders)
      void refuse(reply, problemOf('invalid_request', 'The path cannot be read.'))
    },
  })
  app.setErrorHandler((_error, _request, reply) =>
    refuse(reply, problemOf('internal_error', 'A fault of the sidecar.')),
  )
  app.server.maxConnections = maxConnections
  return app
}

function addProbes(app: FastifyInstance, { environments, draining }: AdminOptions): void {
  const answer = (reply: FastifyReply, health: Health): FastifyReply =>
    reply.code(health.ok ? 200 : 503).send(health)
  app.get('/livez', async () => ({ ok: true }))
  app.get('/startupz', async (_request, reply) => answer(reply, startup(environments())))
  app.get('/readyz', async (_request, reply) => answer(reply, readiness(environments(), draining())))
}

function addPages(app: FastifyInstance, source: StatusSource): void {
  const page = createPage()
  const asHtml = (reply: FastifyReply): FastifyReply =>
    reply.type('text/html; charset=utf-8').header('content-security-policy', page.securityPolicy)
  app.get('/', async (_request, reply) => asHtml(reply).send(page.document(statusOf(source))))
  // With `view=page` the part of the page that lives: the page asks for it again and again.
  app.get<{ Querystring: { view?: unknown } }>('/status', async (request, reply) => {
    const status = statusOf(source)
    return request.query.view === 'page' ? asHtml(reply).send(page.live(status)) : status
  })
}

/** Also of what was not read: the connection cannot go on after it. */
function refuse(reply: FastifyReply, { status, headers, body }: Problem): FastifyReply {
  if (status !== 404) reply.header('connection', 'close')
  return reply.code(status).headers(headers).send(Buffer.from(body)) // of a string it would name a charset
}

const safeHeaders = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}
