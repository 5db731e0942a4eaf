import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import t, { type Test, test } from 'tap'
import { answerWith } from '../support/answer-with.ts'
import { respond } from '../support/bank.ts'
import { startRawSidecar } from '../support/raw-sidecar.ts'
import { until } from '../support/until.ts'

const sidecar = await startRawSidecar(t, { BC_ALLOW: '* /**', BC_BODY_LIMIT_BYTES: '1000' })
const { api } = sidecar.bank

const host = 'Host: localhost\r\n'
const get = (path: string, lines = ''): string => `GET ${path} HTTP/1.1\r\n${host}${lines}\r\n`
const post = (path: string, body: string): string =>
  `POST ${path} HTTP/1.1\r\n${host}Content-Length: ${body.length}\r\n\r\n${body}`

/** What the bank is to answer once it is called, but for looks at what it has seen. */
function holdAnswers(t: Test): (() => void)[] {
  const held: (() => void)[] = []
  answerWith(t, api, ({ seen, response }) => {
    const answer = (): void => respond(response, 200, seen.url)
    if (seen.url === '/last-look') answer()
    else held.push(answer)
  })
  return held
}

test('pipelined requests are each sent once, and answered in their order', async (t) => {
  // The first of those that may run side by side is answered last.
  answerWith(t, api, async ({ seen, response }) => {
    if (seen.url === '/1') await until(() => api.requests.some(({ url }) => url === '/2'))
    respond(response, 200, seen.url)
  })
  const app = await sidecar.connect()
  app.write(get('/1') + get('/2') + post('/3', 'three') + get('/4'))
  const answers = await app.answers(4)
  t.same(
    answers.map(({ body }) => body),
    ['"/1"', '"/2"', '"/3"', '"/4"'],
  )
  t.same((await sidecar.seen()).sort(), ['GET /1', 'GET /2', 'GET /4', 'POST /3 three'])
})

test('a pipelined payment is sent after the answer to what came before it, and before what comes after it', async (t) => {
  const held = holdAnswers(t)
  const app = await sidecar.connect()
  app.write(post('/1', 'one') + post('/2', 'two') + get('/3') + post('/4', 'four'))
  for (const [index, call] of ['POST /1 one', 'POST /2 two', 'GET /3', 'POST /4 four'].entries()) {
    await until(() => held.length === index + 1)
    t.same(await sidecar.seen(), [call])
    held[index]?.()
  }
  const answers = await app.answers(4)
  t.same(
    answers.map(({ body }) => body),
    ['"/1"', '"/2"', '"/3"', '"/4"'],
  )
})

test('a pipelined payment is not sent for an app that hung up while it waited for its turn', async (t) => {
  const held = holdAnswers(t)
  const app = await sidecar.connect()
  app.write(post('/1', 'one') + post('/2', 'two'))
  await until(() => held.length === 1)
  app.socket.resetAndDestroy()
  await until(() => sidecar.lines.some(({ event, status }) => event === 'request' && status === 499))
  held[0]?.()
  t.same(await sidecar.seen(), ['POST /1 one'])
})

test('a pipelined request behind HEAD, 204 or 304 is not taken for a body', async (t) => {
  answerWith(t, api, ({ seen, response }) => {
    if (seen.url === '/204') response.writeHead(204).end()
    else if (seen.url === '/304') response.writeHead(304, { etag: '"1"' }).end()
    else respond(response, 200, seen.url)
  })
  const app = await sidecar.connect(['HEAD'])
  app.write(`HEAD /head HTTP/1.1\r\n${host}\r\n${get('/204')}${get('/304')}${get('/last')}`)
  const statuses = (await app.answers(3)).map(({ status }) => status)
  t.same(statuses, [200, 204, 304])
  await until(() => app.received().endsWith('"/last"'))
  t.same((await sidecar.seen()).sort(), ['GET /204', 'GET /304', 'GET /last', 'HEAD /head'])
})

const closing: Record<string, string> = {
  'a request that is no HTTP': `GET /a b HTTP/1.1\r\n${host}\r\n`,
  'a request with two lengths': `POST /a HTTP/1.1\r\n${host}Content-Length: 1\r\nContent-Length: 1\r\n\r\nx`,
  'a request in an unknown coding': `POST /a HTTP/1.1\r\n${host}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`,
  CONNECT: `CONNECT bank:443 HTTP/1.1\r\n${host}\r\n`,
}

for (const [what, first] of Object.entries(closing)) {
  test(`nothing pipelined behind ${what} is a request`, async (t) => {
    const app = await sidecar.connect()
    app.write(first + post('/smuggled', 'x'))
    const answers = await app.closed()
    t.equal(answers.length, 1)
    t.equal(answers[0]?.headers['connection'], 'close')
    t.same(await sidecar.seen(), [])
  })
}

test('nothing that an answer with connection: close has cut off is sent', async (t) => {
  const app = await sidecar.connect()
  const body = 'x'.repeat(2_000)
  app.write(`POST /large HTTP/1.1\r\n${host}Content-Length: 2000\r\n\r\n`)
  t.match(await app.answer(), { status: 413, headers: { connection: 'close' } })
  app.write(body + post('/smuggled', 'x'))
  t.equal((await app.closed()).length, 1)
  t.same(await sidecar.seen(), [])
})

test('nothing behind a request that asks to close is sent', async (t) => {
  const app = await sidecar.connect()
  app.write(get('/last', 'Connection: close\r\n') + post('/smuggled', 'x'))
  t.match(await app.closed(), [{ status: 200, headers: { connection: 'close' } }])
  t.same(await sidecar.seen(), ['GET /last'])
})

test('what a GET brings as its body is neither sent nor taken for a request', async (t) => {
  for (const method of ['GET', 'HEAD']) {
    const inner = get('/smuggled')
    const app = await sidecar.connect([method])
    app.write(`${method} /a HTTP/1.1\r\n${host}Content-Length: ${inner.length}\r\n\r\n${inner}`)
    const answer = await app.answer()
    t.match(answer, { status: 400, headers: { 'bc-sidecar-error': 'invalid_request' } })
    app.write(get('/next'))
    app.end()
    await app.closed()
    t.notOk((await sidecar.seen()).includes('GET /smuggled'))
  }
})

test('a refusal without a body left to read keeps the connection in step', async (t) => {
  const app = await sidecar.connect()
  app.write(`${get('/a/../b')}${get('/a', 'Origin: null\r\n')}${get('/c')}`)
  t.same(
    (await app.answers(3)).map(({ status }) => status),
    [400, 403, 200],
  )
  t.same(await sidecar.seen(), ['GET /c'])
})

test('whatever reaches the bank behind a refusal is answered', async (t) => {
  const origin = 'Origin: https://evil.example\r\n'
  const refused = [
    get('/a/../b'),
    get('/a', origin),
    post('/a/../b', 'hello'),
    `POST /a HTTP/1.1\r\n${host}${origin}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    `TRACE /a HTTP/1.1\r\n${host}\r\n`,
  ]
  for (const first of refused) {
    const app = await sidecar.connect()
    app.write(first + post('/second', 'x') + get('/third', 'Connection: close\r\n'))
    const answers = await app.closed()
    const good = answers.filter(({ status }) => status === 200)
    t.equal((await sidecar.seen()).length, good.length, first)
    t.ok((answers[0]?.status ?? 0) >= 400)
  }
})

const noRequests = [`CONNECT bank:443 HTTP/1.1\r\n${host}\r\n`, 'nonsense\r\n\r\n']

test('what is no request behind one that is answered at once ends the connection after its answer', async (t) => {
  for (const behind of noRequests)
    for (const path of ['/../x', '/plain', '/api/v1/authorizations/authorize']) {
      const app = await sidecar.connect()
      app.write(get(path) + behind)
      const answers = await app.closed()
      t.equal(answers.length, 1, `${path}, ${behind.slice(0, 8)}`)
      await until(() => app.socket.destroyed)
    }
})

test('large answers arrive whole, whatever comes behind their requests', async (t) => {
  const size = 8_000_000
  answerWith(t, api, ({ response }) => respond(response, 200, 'x'.repeat(size)))
  for (const behind of noRequests) {
    const app = await sidecar.connect()
    app.write(get('/1') + get('/2') + behind)
    const answers = await app.closed()
    t.same(
      answers.map(({ body }) => body.length),
      [size + 2, size + 2],
      behind.slice(0, 8),
    )
  }
})

test('nonsense behind an answer under way is thrown away, however much of it', async (t) => {
  const warnings: Error[] = []
  const warn = (warning: Error): number => warnings.push(warning)
  process.on('warning', warn)
  t.teardown(() => process.off('warning', warn))
  const accepted: Socket[] = []
  const accept = (message: unknown): number => accepted.push((message as { socket: Socket }).socket)
  subscribe('net.server.socket', accept)
  t.teardown(() => unsubscribe('net.server.socket', accept))
  let end = (): void => undefined
  answerWith(t, api, ({ response }) => {
    response.writeHead(200, { 'content-length': '10' }).write('first')
    end = () => response.end('after')
  })
  const app = await sidecar.connect()
  const socket = accepted.find(({ remotePort }) => remotePort === app.socket.localPort)
  app.write(get('/slow'))
  await until(() => app.received().endsWith('first'))
  for (let count = 0; count < 15; count++) {
    const read = Number(socket?.bytesRead)
    app.write('nonsense\r\n\r\n')
    await until(() => Number(socket?.bytesRead) > read)
  }
  end()
  const [answer, ...more] = await app.closed()
  t.equal(answer?.body, 'firstafter')
  t.same(more, [])
  t.same(warnings, [])
})
