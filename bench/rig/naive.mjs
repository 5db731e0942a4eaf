// @fastify/http-proxy as one first writes it, but for one thing: it verifies the upstream's certificate.
import { readFileSync } from 'node:fs'
import httpProxy from '@fastify/http-proxy'
import fastify from 'fastify'
import { Agent } from 'undici'

const { PORT, UPSTREAM, TOKEN, CA, CERTIFICATE, KEY } = process.env
const [ca, cert, key] = [CA, CERTIFICATE, KEY].map((path) => readFileSync(path, 'utf8'))
const app = fastify({ logger: false })
app.register(httpProxy, {
  upstream: UPSTREAM,
  undici: new Agent({ connections: 64, connect: { ca, cert, key, rejectUnauthorized: true } }),
  replyOptions: {
    rewriteRequestHeaders: (_request, headers) => ({ ...headers, authorization: `Bearer ${TOKEN}` }),
  },
})
await app.listen({ host: '127.0.0.1', port: Number(PORT) })
