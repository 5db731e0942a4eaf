import { connect } from 'node:net'
import t, { test } from 'tap'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const listener = await startRawListener(t, { stallMs: 150 })
const { api } = listener.bank
t.afterEach(() => {
  api.onHead = undefined
})

const get = 'GET /raw HTTP/1.1\r\nHost: localhost\r\n\r\n'

/** The bank answers with bytes, and hangs up once they have gone. */
function answerWith(bytes: string): void {
  api.onHead = ({ seen, socket }) => {
    if (seen.url !== '/raw') return false
    socket.end(bytes, 'latin1')
    return true
  }
}

test('a status that is none is no answer', async (t) => {
  for (const status of ['000', '099']) {
    answerWith(`HTTP/1.1 ${status} Odd\r\nContent-Length: 2\r\n\r\nok`)
    const app = await listener.connect()
    app.write(get)
    const answer = await app.answer()
    t.match(answer, { status: 502, problem: { code: 'bank_protocol_error', requestSent: 'maybe' } })
  }
  t.equal((await listener.seen()).length, 2)
})

test('a status that nobody knows is the bank’s to give', async (t) => {
  answerWith('HTTP/1.1 999 Odd\r\nContent-Length: 2\r\n\r\nok')
  const app = await listener.connect()
  app.write(get)
  t.match(await app.answer(), { status: 999, body: 'ok' })
  t.equal((await listener.seen()).length, 1)
})

test('a header that Node.js acts on in a request is only one more in an answer', async (t) => {
  answerWith('HTTP/1.1 200 OK\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nok')
  const app = await listener.connect()
  for (const count of [1, 2]) {
    app.write(get)
    const answers = await app.answers(count)
    t.match(answers.at(-1), { status: 200, body: 'ok' })
  }
  t.equal((await listener.seen()).length, 2)
})

test('an answer that breaks off after its head is not taken for none at all', async (t) => {
  answerWith('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n')
  const app = await listener.connect()
  app.write(get)
  await until(() => app.socket.readableEnded)
  t.match(app.received(), /^HTTP\/1\.1 200 OK\r\nContent-Length: 10\r\n(?:.+\r\n)+\r\n$/)
  await until(() => listener.records.at(-1)?.code === 'bank_connection_lost')
  t.match(listener.records.at(-1), { status: 200, origin: 'bank', requestSent: 'maybe' })
})

test('what came of an answer that breaks off reaches the app', async (t) => {
  answerWith('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\nno size')
  const app = await listener.connect()
  app.write(get)
  await app.closed()
  t.match(app.received(), /\r\n\r\n4\r\npart\r\n$/)
})

test('an answer that breaks off never looks complete, not even in HTTP/1.0', async (t) => {
  let hangUp = (): void => undefined
  api.onHead = ({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
    hangUp = () => void socket.end()
    return true
  }
  const port = Number(new URL(listener.apps).port)
  const socket = connect(port, '127.0.0.1')
  let ended = false
  const failure = new Promise<NodeJS.ErrnoException>((resolve) => socket.once('error', resolve))
  socket.on('end', () => {
    ended = true
  })
  let text = ''
  socket.on('data', (piece) => {
    text += piece
  })
  socket.write(get.replace('1.1', '1.0'))
  await until(() => text.endsWith('hello'))
  hangUp()
  t.equal((await failure).code, 'ECONNRESET')
  t.notOk(ended, 'no proper end')
})

test('an app that takes nothing of its answer is cut off, and so is the bank', async (t) => {
  api.onHead = ({ seen, response }) => {
    if (seen.url !== '/raw') return false
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
      response.once('drain', write)
    }
    write()
    return true
  }
  const app = await listener.connect()
  app.socket.pause()
  app.write(get)
  const cutOff = () => listener.records.filter(({ status, origin }) => status === 499 && origin === 'bank')
  await until(() => cutOff().length > 0)
  await until(() => api.requests.every(({ url, connection }) => url !== '/raw' || !connection.open))
  t.equal(cutOff().length, 1, 'counted once')
})

test('a bank that pauses does not count as an app that takes nothing', async (t) => {
  const patient = await startRawListener(t, { stallMs: 500 })
  patient.bank.api.onHead = ({ response }) => {
    response.write('x'.repeat(2_000_000))
    setTimeout(() => response.end('end'), 1_000)
    return true
  }
  const app = await patient.connect()
  app.write(get)
  t.equal((await app.answer()).body.length, 2_000_003)
})
