import t, { test } from 'tap'
import { startRawListener } from '../support/raw-listener.ts'

const responseTimeoutMs = 500
const listener = await startRawListener(t, { responseTimeoutMs })
const { api } = listener.bank
const plain = api.handler
t.afterEach(() => {
  api.handler = plain
  api.onHead = undefined
})

test('a bank that only says that it is still at work does not answer in time', async (t) => {
  api.handler = ({ response }) => {
    const timer = setInterval(() => response.writeProcessing(), 20)
    response.on('close', () => clearInterval(timer))
  }
  for (const head of ['GET /work HTTP/1.1', 'POST /work HTTP/1.1\r\nContent-Length: 1']) {
    const app = await listener.connect()
    app.write(`${head}\r\nHost: localhost\r\n\r\n${head.startsWith('POST') ? 'x' : ''}`)
    const answer = await app.answer()
    t.match(answer, { status: 504, problem: { code: 'bank_timeout', requestSent: 'maybe' } })
  }
  api.handler = plain
  t.same(await listener.seen(), ['GET /work', 'POST /work x'])
})

test('what the bank says early neither reaches the app nor cuts off what it still sends', async (t) => {
  api.onHead = ({ response }) => {
    response.writeEarlyHints({ link: '</a>; rel=preload' })
    response.writeProcessing()
    return false
  }
  const app = await listener.connect()
  app.write('POST /slow HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n')
  let left = 20
  const drip = setInterval(() => {
    app.write('x')
    left -= 1
    if (left === 0) clearInterval(drip)
  }, responseTimeoutMs / 10)
  t.teardown(() => clearInterval(drip))
  t.equal((await app.answer()).status, 200)
  t.match(app.received(), /^HTTP\/1\.1 200 /)
  t.same(await listener.seen(), [`POST /slow ${'x'.repeat(20)}`])
})
