import { Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import type { Test } from 'tap'

export interface Call {
  readonly method?: string
  readonly path?: string
  /** Flat names and values, or an object. */
  readonly headers?: OutgoingHttpHeaders | readonly string[]
  readonly body?: string | Buffer | readonly (string | Buffer)[]
}

export interface Answer {
  readonly status: number
  readonly statusText: string
  readonly headers: IncomingHttpHeaders
  readonly rawHeaders: readonly string[]
  readonly body: Buffer
  readonly text: string
  /** Parsed, when it is JSON. */
  readonly json: Record<string, unknown>
}

export interface App {
  /** Rejects when the connection breaks, also in the middle of an answer. */
  call(call: Call): Promise<Answer>
}

/** An app with kept-alive connections to one listener, which close at the test's end. */
export function startApp(t: Test, origin: string): App {
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  return { call: (call) => callOnce(origin, agent, call) }
}

function callOnce(
  origin: string,
  agent: Agent,
  { method = 'GET', path = '/', headers = {}, body }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(origin, { agent, method, path, headers: headers as OutgoingHttpHeaders })
    outgoing.on('error', reject)
    outgoing.on('response', (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => resolve(answerOf(response, Buffer.concat(chunks))))
    })
    const parts = pieces(body)
    // Node.js's client frames no body of DELETE and OPTIONS by itself.
    if (parts.length === 1 && !outgoing.hasHeader('content-length'))
      outgoing.setHeader('content-length', Buffer.byteLength(parts[0] ?? ''))
    for (const part of parts) outgoing.write(part)
    outgoing.end()
  })
}

function pieces(body: Call['body']): readonly (string | Buffer)[] {
  if (body === undefined) return []
  return typeof body === 'string' || Buffer.isBuffer(body) ? [body] : body
}

function answerOf(response: import('node:http').IncomingMessage, body: Buffer): Answer {
  const { statusCode: status = 0, statusMessage: statusText = '', headers, rawHeaders } = response
  const text = body.toString()
  return {
    status,
    statusText,
    headers,
    rawHeaders,
    body,
    text,
    get json() {
      return JSON.parse(text) as Record<string, unknown>
    },
  }
}
