import t, { test } from 'tap'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const listener = await startRawListener(t, { headersTimeoutMs: 150, stallMs: 150 })

const host = 'Host: localhost\r\n'

const slow: Record<string, string> = {
  'that stop within the request line': 'GET /slow',
  'that never end': `GET /slow HTTP/1.1\r\n${host}X-Slow: `,
  'whose last line is missing': `GET /slow HTTP/1.1\r\n${host}`,
}

for (const [what, bytes] of Object.entries(slow)) {
  test(`headers ${what} are refused in time`, async (t) => {
    const app = await listener.connect()
    app.write(bytes)
    const answers = await app.closed()
    t.equal(answers.length, 1)
    t.match(answers[0], { status: 408, headers: { connection: 'close' } })
    t.match(answers[0]?.problem, { code: 'request_timeout', requestSent: 'no' })
    t.same(await listener.seen(), [])
  })
}

test('a byte now and then does not buy headers more time', async (t) => {
  const app = await listener.connect()
  app.write(`GET /slow HTTP/1.1\r\n${host}X-Slow: `)
  const drip = setInterval(() => app.write('x'), 20)
  t.teardown(() => clearInterval(drip))
  t.match(await app.closed(), [{ status: 408 }])
  t.same(await listener.seen(), [])
})

test('a slow second request on a connection is refused as the first would be', async (t) => {
  const app = await listener.connect()
  app.write(`GET /first HTTP/1.1\r\n${host}\r\n`)
  t.equal((await app.answer()).status, 200)
  app.write(`GET /second HTTP/1.1\r\n${host}`)
  const answers = await app.closed()
  t.same(
    answers.map(({ status }) => status),
    [200, 408],
  )
  t.same(await listener.seen(), ['GET /first'])
})

test('a body that stalls is broken off, and told as maybe sent', async (t) => {
  for (const framing of [
    'Content-Length: 10\r\n\r\nhello',
    'Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n',
  ]) {
    const app = await listener.connect()
    app.write(`POST /slow HTTP/1.1\r\n${host}${framing}`)
    const answers = await app.closed()
    t.equal(answers.length, 1)
    t.match(answers[0], { status: 408, headers: { connection: 'close' } })
    t.match(answers[0]?.problem, { code: 'request_timeout', requestSent: 'maybe' })
    await until(() =>
      listener.bank.api.requests.every(({ url, connection }) => url !== '/slow' || !connection.open),
    )
    t.same(await listener.seen(), ['POST /slow hello (broken off)'])
  }
})

test('a body that comes slowly but steadily arrives', async (t) => {
  const stallMs = 500
  const patient = await startRawListener(t, { stallMs })
  let arrived = 0
  patient.bank.api.onHead = ({ request }) => {
    request.on('data', ({ length }) => {
      arrived += length
    })
    return false
  }
  const app = await patient.connect()
  app.write(`POST /steady HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n`)
  let sent = 0
  for (const end = performance.now() + 2 * stallMs; performance.now() < end; ) {
    app.write('1\r\nx\r\n')
    sent += 1
    await until(() => arrived === sent)
  }
  app.write('0\r\n\r\n')
  t.equal((await app.answer()).status, 200)
  t.same(await patient.seen(), [`POST /steady ${'x'.repeat(sent)}`])
})

test('an idle connection without a request is no slow one', async (t) => {
  const idle = await listener.connect()
  await listener.seen()
  t.equal(idle.received(), '')
  t.same(await idle.closed(), [], 'it is closed some time, without a word')
})
