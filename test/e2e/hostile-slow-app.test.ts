import t, { test } from 'tap'
import { answerWith } from '../support/answer-with.ts'
import { type Exchange, respond } from '../support/bank.ts'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const listener = await startRawListener(t)
const { api } = listener.bank
const host = 'Host: localhost\r\n'
const get = (path: string): string => `GET ${path} HTTP/1.1\r\n${host}\r\n`

/** An answer in pieces, as fast as they are taken. */
interface Pieces {
  sent: number
}

function sendPieces({ response }: Exchange, bytes: number, pieceBytes: number): Pieces {
  const pieces = { sent: 0 }
  function send(): void {
    while (pieces.sent < bytes) {
      pieces.sent += pieceBytes
      if (!response.write('x'.repeat(pieceBytes))) {
        response.once('drain', send)
        return
      }
    }
    response.end()
  }
  send()
  return pieces
}

/** Until the bank has had to stop: what it has sent stays the same for a while. */
async function stopped(pieces: () => Pieces | undefined): Promise<void> {
  let last = -1
  let same = 0
  await until(() => {
    const sent = pieces()?.sent ?? -2
    same = sent === last ? same + 1 : 0
    last = sent
    return same > 10
  })
}

for (const framing of ['chunks', 'a length']) {
  for (const pieceBytes of [8_000, 64_000]) {
    const headFor = (bytes: number) => (framing === 'chunks' ? {} : { 'content-length': String(bytes) })

    test(`an app that pauses gets all of an answer with ${framing}, in pieces of ${pieceBytes}`, async (t) => {
      const bytes = 9_216_000
      let pieces: Pieces | undefined
      answerWith(t, api, (exchange) => {
        exchange.response.writeHead(200, headFor(bytes))
        pieces = sendPieces(exchange, bytes, pieceBytes)
      })
      const app = await listener.connect()
      app.socket.pause()
      app.write(get('/large'))
      await stopped(() => pieces)
      app.socket.resume()
      t.equal((await app.answer()).body.length, bytes)
    })

    test(`an answer with ${framing}, in pieces of ${pieceBytes}, waits for the one before it`, async (t) => {
      const bytes = 1_024_000
      let pieces: Pieces | undefined
      let answerFirst = (): void => undefined
      answerWith(t, api, (exchange) => {
        if (exchange.seen.url === '/first') answerFirst = () => respond(exchange.response, 200, 'first')
        else {
          exchange.response.writeHead(200, headFor(bytes))
          pieces = sendPieces(exchange, bytes, pieceBytes)
        }
      })
      const app = await listener.connect()
      app.write(get('/first') + get('/large'))
      await stopped(() => pieces)
      answerFirst()
      const answers = await app.answers(2)
      t.same(
        answers.map(({ body }) => body.length),
        ['"first"'.length, bytes],
      )
    })
  }
}

test('two slow answers on one connection both come to their end', async (t) => {
  const bytes = 4_096_000
  const sent = new Map<string, Pieces>()
  answerWith(t, api, (exchange) => {
    exchange.response.writeHead(200)
    sent.set(exchange.seen.url, sendPieces(exchange, bytes, 16_000))
  })
  const app = await listener.connect()
  app.socket.pause()
  app.write(get('/1'))
  await stopped(() => sent.get('/1'))
  app.write(get('/2'))
  await stopped(() => sent.get('/2'))
  app.socket.resume()
  const answers = await app.answers(2)
  t.same(
    answers.map(({ body }) => body.length),
    [bytes, bytes],
  )
})

test('an app is told to go on with its body only once the answer before is out', async (t) => {
  const held: (() => void)[] = []
  answerWith(t, api, ({ seen, response }) => {
    if (seen.url === '/first') held.push(() => respond(response, 200, 'x'.repeat(9_000)))
    else respond(response, 200, 'second')
  })
  const app = await listener.connect()
  app.write(
    `${get('/first')}OPTIONS /second HTTP/1.1\r\n${host}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`,
  )
  await until(() => held.length === 1)
  held[0]?.()
  await until(() => app.received().includes('100 Continue'))
  app.write('hello')
  await until(() => app.received().includes('second'))
  const [first = '', second = ''] = app.received().split('HTTP/1.1 100 Continue\r\n\r\n')
  t.match(first, /^HTTP\/1\.1 200 OK\r\n/)
  t.match(second, /^HTTP\/1\.1 200 OK\r\n/)
})
