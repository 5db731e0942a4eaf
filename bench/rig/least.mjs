// The least that @fastify/http-proxy and undici can be made to do: they check, count and write down nothing, and repeat nothing.
import { readFileSync } from 'node:fs'
import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'
import { Agent } from 'undici'

const { PORT, UPSTREAM, TOKEN, CA, CERTIFICATE, KEY } = process.env
const [ca, cert, key] = [CA, CERTIFICATE, KEY].map((path) => readFileSync(path, 'utf8'))
const agent = new Agent({ connections: 64, connect: { ca, cert, key, rejectUnauthorized: true } })
const authorization = ['authorization', `Bearer ${TOKEN}`]
const perConnection = new Set(['connection', 'keep-alive', 'transfer-encoding'])

const app = fastify({ logger: false })
app.register(httpProxy, {
  upstream: UPSTREAM,
  undici: agent,
  preHandler(request, reply) {
    reply.hijack()
    const { raw } = request
    if (raw.headers['content-length'] === undefined) return forward(raw, reply.raw, null)
    const chunks = []
    raw.on('data', (chunk) => chunks.push(chunk))
    raw.on('end', () => forward(raw, reply.raw, Buffer.concat(chunks)))
  },
})
await app.listen({ host: '127.0.0.1', port: Number(PORT) })

function forward({ method, url, headers }, response, body) {
  const type = headers['content-type']
  const own = type === undefined ? authorization : [...authorization, 'content-type', type]
  const chunks = []
  agent.dispatch(
    { origin: UPSTREAM, path: url, method, headers: own, body },
    {
      onConnect() {},
      onHeaders(status, raw) {
        const kept = []
        for (let index = 0; index < raw.length; index += 2) {
          const name = raw[index].latin1Slice()
          if (!perConnection.has(name.toLowerCase())) kept.push(name, raw[index + 1].latin1Slice())
        }
        response.writeHead(status, kept)
        return true
      },
      onData(chunk) {
        chunks.push(chunk)
        return true
      },
      onComplete() {
        response.end(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))
      },
      onError() {
        response.destroy()
      },
    },
  )
}
