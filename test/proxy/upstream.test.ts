import { test } from 'tap'
import type { Exchange } from '../../src/proxy/exchange.ts'
import { createUpstream, proxyReplyOptions } from '../../src/proxy/upstream.ts'

interface Upstream {
  request(options: object, done: (error: unknown, answer?: { body: { destroy(): void } }) => void): void
}

test('nothing goes to the bank that has not come through the checks', async (t) => {
  const upstream = createUpstream(() => t.fail('was forwarded')) as Upstream
  t.throws(() => upstream.request({ headers: {} }, () => t.fail('was answered')), /past the checks/)
})

test('what is handed to @fastify/reply-from may be thrown away by it', async (t) => {
  const exchange = { bankStatus: 999 } as Exchange
  const upstream = createUpstream((given, answering) => {
    t.equal(given, exchange)
    answering(undefined)
  }) as Upstream
  const request = { exchange } as never
  const headers = proxyReplyOptions('test').rewriteRequestHeaders?.(request, {})
  upstream.request({ headers }, (error, answer) => {
    t.equal(error, null)
    answer?.body.destroy()
  })
})
