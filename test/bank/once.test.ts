import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { type Test, test } from 'tap'
import { bankFailure } from '../../src/bank/failure.ts'
import { until } from '../support/until.ts'
import { type Call, call, type Outcome, type Pair, pair } from './harness.ts'

const requests: Record<string, () => Omit<Call, 'origin'>> = {
  GET: () => ({ method: 'GET' }),
  'POST with a body at hand': () => ({ method: 'POST', body: Buffer.from('{"amount":1}') }),
  'POST with a streamed body': () => ({ method: 'POST', body: Readable.from(['{"amount"', ':1}']) }),
}

const hangUps: Record<string, (socket: TLSSocket) => void> = {
  'closes without an answer': (socket) => void socket.end(),
  'hangs up without an answer': (socket) => void socket.destroy(),
  'resets the connection': reset,
  'sends half a status line and closes': (socket) => void socket.end('HTTP/1.1 20'),
  'sends half a head and closes': (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 3\r\n'),
  'sends half a body and closes': (socket) =>
    void socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'),
  'sends half a chunk and closes': (socket) =>
    void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhalf'),
  'sends chunks without the last and closes': (socket) =>
    void socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n'),
  'sends half a body without a length and resets': (socket) =>
    void socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhalf', () =>
      setTimeout(reset, 50, socket),
    ),
  'sends 100 Continue and closes': (socket) => void socket.end('HTTP/1.1 100 Continue\r\n\r\n'),
}

for (const [requestName, request] of Object.entries(requests)) {
  for (const [hangUpName, hangUp] of Object.entries(hangUps)) {
    test(`${requestName} is sent once when the bank ${hangUpName}`, async (t: Test) => {
      const { bank, connections, dispatcher, origin } = await pair(t)
      bank.api.handler = ({ socket }) => hangUp(socket)
      const outcome = await call(dispatcher, { origin, ...request() })
      t.match(outcome, { complete: false, starts: 1 })
      t.equal(bankFailure(outcome.error, true).requestSent, 'maybe')
      await connections.close()
      t.equal(bank.api.requests.length, 1)
      t.equal(bank.api.connections.length, 1)
    })
  }

  test(`${requestName} is sent once when the bank hangs up before it has read all`, async (t: Test) => {
    const { bank, connections, dispatcher, origin } = await pair(t)
    bank.api.onHead = ({ socket }) => {
      socket.destroy()
      return true
    }
    t.match(await call(dispatcher, { origin, ...request() }), { complete: false, starts: 1 })
    await connections.close()
    t.equal(bank.api.requests.length, 1)
  })

  test(`${requestName} is sent once when the bank answers 503 or 429`, async (t: Test) => {
    const { bank, connections, dispatcher, origin } = await pair(t)
    for (const status of [503, 429]) {
      bank.api.handler = ({ response }) => void response.writeHead(status, { 'retry-after': '0' }).end()
      t.match(await call(dispatcher, { origin, ...request() }), { status, complete: true, starts: 1 })
    }
    await connections.close()
    t.equal(bank.api.requests.length, 2)
  })

  test(`${requestName} goes to a new connection when the bank has closed the idle one`, async (t: Test) => {
    const { bank, connections, dispatcher, origin } = await pair(t)
    await call(dispatcher, { origin })
    bank.api.connections[0]?.socket.end()
    await until(() => bank.api.openCount() === 0)
    t.match(await call(dispatcher, { origin, ...request() }), { status: 200, starts: 1 })
    await connections.close()
    t.equal(bank.api.requests.length, 2)
    t.equal(bank.api.connections.length, 2)
  })

  test(`${requestName} that crosses the bank's close on the way is sent once at most`, async (t: Test) => {
    const { bank, connections, dispatcher, origin } = await pair(t)
    for (let round = 0; round < 10; round++) {
      await call(dispatcher, { origin })
      const before = bank.api.requests.length
      const outcome = call(dispatcher, {
        origin,
        ...request(),
        onStart: () => bank.api.connections.at(-1)?.socket.end(),
      })
      const { starts, status, error } = await outcome
      t.equal(starts, 1)
      t.ok(status === 200 || bankFailure(error, true).requestSent === 'maybe')
      t.ok(bank.api.requests.length - before <= 1)
    }
    await connections.close()
  })
}

test('a request given up when it is about to be written never reaches the bank', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  for (const [name, request] of Object.entries(requests)) {
    const reason = new Error('the token has expired')
    const onStart: Call['onStart'] = (controller) => controller.abort(reason)
    t.match(await call(dispatcher, { origin, ...request(), onStart }), { starts: 1, error: reason }, name)
  }
  await connections.close()
  t.equal(bank.api.requests.length, 0)
})

test('a request given up in the middle of its body is sent once, and its connection not used again', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  const body = new Readable({ read() {} })
  body.push('{"amount"')
  bank.api.onHead = () => {
    body.destroy(new Error('the app hung up'))
    return false
  }
  t.match(await call(dispatcher, { origin, method: 'POST', body }), {
    starts: 1,
    error: { message: 'the app hung up' },
  })
  bank.api.onHead = undefined
  t.match(await call(dispatcher, { origin }), { status: 200 })
  await connections.close()
  t.same(
    bank.api.requests.map(({ complete }) => complete),
    [false, true],
  )
  t.equal(bank.api.connections.length, 2)
})

test('an answer that comes before the body has been sent is an answer', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  const body = new Readable({ read() {} })
  body.push('{"amount"')
  bank.api.onHead = ({ response }) => {
    response.writeHead(413, { 'content-length': 3 }).end('big')
    return true
  }
  t.match(await call(dispatcher, { origin, method: 'POST', body }), {
    status: 413,
    body: 'big',
    complete: true,
    starts: 1,
  })
  await until(() => body.destroyed)
  await connections.close()
  t.equal(bank.api.requests.length, 1)
})

const surprises: Record<string, (socket: TLSSocket) => void> = {
  closed: (socket) => void socket.end(),
  reset,
  'written an answer to': (socket) => void socket.write('HTTP/1.1 408 Request Timeout\r\n\r\n'),
}

for (const [name, close] of Object.entries(surprises)) {
  test(`a payment never goes to an idle connection that the bank has ${name} in the same moment`, async (t: Test) => {
    for (let round = 0; round < 10; round++) {
      const outcome = await payJustAfter(await pair(t), close)
      t.match(outcome, { status: 200, starts: 1, complete: true })
    }
  })
}

/** Dispatched while the event loop still handles the batch of events in which the close happened. */
async function payJustAfter(
  { bank, dispatcher, origin }: Pair,
  close: (socket: TLSSocket) => void,
): Promise<Outcome> {
  await call(dispatcher, { origin })
  const [first] = bank.api.connections
  if (!first) throw new Error('no connection was opened')
  await readFile(import.meta.filename ?? new URL(import.meta.url))
  close(first.socket)
  return call(dispatcher, { origin, method: 'POST', body: Buffer.from('{"amount":1}') })
}

function reset(socket: TLSSocket): void {
  ;(socket as TLSSocket & { _parent: TLSSocket })._parent.resetAndDestroy()
}
