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

const interim = 'HTTP/1.1 100 Continue\r\n\r\n'
for (const [what, pieces] of [
  ['one', [`${interim}HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok`]],
  [
    'two among others',
    [
      `${interim}HTTP/1.1 103 Early Hints\r\n\r\n${interim}`,
      'HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok',
    ],
  ],
  ['one in pieces', `${interim}HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok`.split('')],
] as const)
  test(`a 100 that nobody asked for is discarded: ${what}`, async (t) => {
    api.onHead = ({ socket }) => {
      for (const piece of pieces) socket.write(piece)
      return true
    }
    const app = await listener.connect()
    for (const head of ['POST /pay HTTP/1.1\r\nContent-Length: 1', 'GET /look HTTP/1.1']) {
      app.write(`${head}\r\nHost: localhost\r\n\r\n${head.startsWith('POST') ? 'x' : ''}`)
      const answers = await app.answers(head.startsWith('POST') ? 1 : 2)
      t.match(answers.at(-1), { status: 201, body: 'ok' })
    }
    t.notMatch(app.received(), / 100 /)
  })
