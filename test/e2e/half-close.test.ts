import t, { test } from 'tap'
import { type Exchange, respond } from '../support/bank.ts'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const patient = await startRawListener(t, { halfCloseMs: 60_000 })
const strict = await startRawListener(t, { halfCloseMs: 0 })

const host = 'Host: localhost\r\n'
const post = `POST /half HTTP/1.1\r\n${host}Content-Length: 5\r\n\r\nhello`
const whole: Record<string, { bytes: string; seen: string }> = {
  'without a body': { bytes: `GET /half HTTP/1.1\r\n${host}\r\n`, seen: 'GET /half' },
  'with a body': { bytes: post, seen: 'POST /half hello' },
  'in chunks': {
    bytes: `POST /half HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    seen: 'POST /half hello',
  },
  'of HTTP/1.0': { bytes: `GET /half HTTP/1.0\r\n${host}\r\n`, seen: 'GET /half' },
}

for (const [what, { bytes, seen }] of Object.entries(whole)) {
  test(`an app that says no more after a request ${what} gets its answer, and the end`, async (t) => {
    const app = await patient.connect()
    app.write(bytes)
    app.end()
    t.match(await app.closed(), [{ status: 200, headers: { connection: 'close' } }])
    t.same(await patient.seen(), [seen])
    t.match(patient.records.at(-2), { status: 200, origin: 'bank', route: '/half' })
  })
}

test('it gets all its answers, in order, also to what it pipelined, and our own', async (t) => {
  const app = await patient.connect()
  app.write(`GET /one HTTP/1.1\r\n${host}\r\n${post}GET /../x HTTP/1.1\r\n${host}\r\n`)
  app.end()
  const statuses = (await app.closed()).map(({ status }) => status)
  t.same(statuses, [200, 200, 400])
  t.same((await patient.seen()).sort(), ['GET /one', 'POST /half hello'])
})

test('a connection that ends without a request is closed', async (t) => {
  const app = await patient.connect()
  app.end()
  t.same(await app.closed(), [])
  app.write(`GET /late HTTP/1.1\r\n${host}\r\n`)
  t.same(await patient.seen(), [])
})

test('an app that is gone looks the same at first: it is known by what cannot be delivered', async (t) => {
  const { api } = patient.bank
  const plain = api.handler
  let held: Exchange | undefined
  api.handler = (exchange) => {
    held = exchange
  }
  const app = await patient.connect()
  app.write(post)
  await until(() => held)
  app.socket.destroy()
  await until(() => app.socket.closed)
  api.handler = plain
  const before = patient.records.length
  // What is answered after the close has arrived, is answered knowing of it.
  await patient.seen()
  if (held !== undefined) respond(held.response, 201, { paymentId: '1' })
  await until(() => patient.records.length === before + 2)
  t.match(patient.records.at(-1), { status: 499, origin: 'bank', bankStatus: 201, requestSent: 'maybe' })
})

test('an app that says no more some time after its request has given up', async (t) => {
  const { api } = strict.bank
  const plain = api.handler
  const held: Exchange[] = []
  api.handler = (exchange) => void held.push(exchange)
  const app = await strict.connect()
  app.write(post)
  await until(() => held.length === 1)
  app.end()
  t.same(await app.closed(), [])
  api.handler = plain
  for (const { response } of held) respond(response, 200, 'too late')
  await until(() => strict.records.some(({ status }) => status === 499))
  t.same(await strict.seen(), ['POST /half hello'])
})
