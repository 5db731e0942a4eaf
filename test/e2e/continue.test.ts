import t, { test } from 'tap'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const listener = await startRawListener(t, { bodyLimitBytes: 10 })

const head = (length: number, lines = ''): string =>
  `POST /p HTTP/1.1\r\nHost: localhost\r\nExpect: 100-Continue\r\nContent-Length: ${length}\r\n${lines}\r\n`
const goOn = 'HTTP/1.1 100 Continue\r\n\r\n'

test('an app that waits to be told to send its body is told, once', async (t) => {
  const app = await listener.connect()
  app.write(head(5))
  await until(() => app.received() !== '')
  t.equal(app.received(), goOn)
  app.write('hello')
  t.equal((await app.answer()).status, 200)
  t.equal(app.received().split(goOn).length, 2)
  t.same(await listener.seen(), ['POST /p hello'])
})

test('it is not told so when its request is refused', async (t) => {
  for (const [bytes, status] of [
    [head(11), 413],
    [head(5, 'Origin: null\r\n'), 403],
  ] as const) {
    const app = await listener.connect()
    app.write(bytes)
    t.match(await app.answer(), { status, headers: { connection: 'close' } })
    t.notMatch(app.received(), goOn)
  }
  t.same(await listener.seen(), [])
})

test('it is not told so when the body that came with its head is no HTTP', async (t) => {
  const app = await listener.connect()
  app.write(`${head(5).replace('Content-Length: 5', 'Transfer-Encoding: chunked')}five\r\nhello\r\n`)
  const answers = await app.closed()
  t.match(answers, [{ status: 400, problem: { code: 'invalid_request', requestSent: 'no' } }])
  t.notMatch(app.received(), goOn)
  t.same(await listener.seen(), [])
})

test('an expectation that nobody knows is ignored', async (t) => {
  const app = await listener.connect()
  app.write('GET /odd HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n')
  t.equal((await app.answer()).status, 200)
  t.same(await listener.seen(), ['GET /odd'])
})

test('an app that speaks HTTP/1.0 would not understand that word', async (t) => {
  const app = await listener.connect()
  app.write(head(5).replace('HTTP/1.1', 'HTTP/1.0'))
  t.same(await listener.seen(), [])
  app.write('hello')
  t.equal((await app.answer()).status, 200)
  t.notMatch(app.received(), goOn)
  t.same(await listener.seen(), ['POST /p hello'])
})
