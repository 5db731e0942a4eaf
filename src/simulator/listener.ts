import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Server } from 'node:https'
import type { Socket } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import { noSchemaCompilers } from '../schema-compilers.ts'
import { BankError } from './bank-error.ts'

export type Listener = FastifyInstance<Server>
export type Reply = FastifyReply

/** What a request is logged to: fields first, then a constant sentence. */
export interface Log {
  info(fields: object, sentence: string): void
}

const simulatorHeader = 'bc-simulator'
const bodyLimitBytes = 10_485_760

/** One HTTPS listener with mutual TLS, whose every answer, nonsense included, says that it is a simulator's. */
export function createListener(name: string, tls: SecureContextOptions, log: Log | undefined): Listener {
  const listener = Fastify({
    https: {
      ...tls,
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.2',
      requireHostHeader: false,
    },
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    schemaController: noSchemaCompilers,
    frameworkErrors: (error, _request, reply) => {
      void reply.header(simulatorHeader, 'true')
      answerError(error, reply)
    },
    clientErrorHandler: answerUnparsed,
  })
  addAnswers(listener)
  listener.addHook('onResponse', async ({ method, routeOptions: { url: route } }, { statusCode: status }) => {
    log?.info({ event: 'request', listener: name, method, route, status }, 'request answered')
  })
  return listener
}

/** Bodies are left to the routes, as bytes, whatever their type. */
function addAnswers(listener: Listener): void {
  listener.server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(417, { [simulatorHeader]: 'true', connection: 'close' }).end()
  })
  listener.removeAllContentTypeParsers()
  listener.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  listener.addHook('onRequest', async (_request, reply) => void reply.header(simulatorHeader, 'true'))
  listener.setErrorHandler((error: FastifyError | BankError, _request: FastifyRequest, reply) => {
    answerError(error, reply)
  })
  listener.setNotFoundHandler(async () => {
    throw new BankError(404, 'NotFound', 'there is nothing at this address')
  })
}

function answerError(error: FastifyError | BankError, reply: Pick<FastifyReply, 'code'>): void {
  const known = error instanceof BankError ? error : fromFramework(error)
  void reply.code(known.status).send(known.entries)
}

function fromFramework({ statusCode = 500, message }: FastifyError): BankError {
  return statusCode < 500
    ? new BankError(statusCode, 'InvalidRequest', message)
    : new BankError(500, 'InternalError', 'the simulator failed')
}

const unparsedStatus: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
}

/** What Node.js could not parse never becomes a request: the answer is written by hand. */
function answerUnparsed(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const status = unparsedStatus[String(error.code)] ?? '400 Bad Request'
  socket.end(
    `HTTP/1.1 ${status}\r\n${simulatorHeader}: true\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
  )
}
