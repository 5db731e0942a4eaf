import { createServer } from 'node:net'
import { type Test, test } from 'tap'
import { openConnections } from '../../src/bank/connections.ts'
import { bankFailure } from '../../src/bank/failure.ts'
import type { Exchange } from '../support/bank.ts'
import { until } from '../support/until.ts'
import { call, clientContext, pair } from './harness.ts'

test('closing lets requests in flight finish, and closes idle connections at once', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  const held = new Map<string, Exchange>()
  bank.api.handler = (exchange) => {
    if (exchange.seen.url === '/idle') exchange.response.end('ok')
    else held.set(exchange.seen.url, exchange)
  }
  const first = call(dispatcher, { origin, path: '/slow', method: 'POST', body: Buffer.from('x') })
  const second = call(dispatcher, { origin, path: '/slower' })
  await until(() => held.size === 2)
  await call(dispatcher, { origin, path: '/idle' })
  t.equal(bank.api.openCount(), 3)

  const closed = connections.close()
  await until(() => bank.api.openCount() === 2)
  held.get('/slow')?.response.end('one')
  t.match(await first, { body: 'one', complete: true })
  await until(() => bank.api.openCount() === 1)
  held.get('/slower')?.response.end('two')
  t.match(await second, { body: 'two', complete: true })
  await closed
  await until(() => bank.api.openCount() === 0)
})

test('a payment handed over just before closing is still made', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  const outcome = call(dispatcher, { origin, method: 'POST', body: Buffer.from('x') })
  await Promise.all([connections.close(), connections.close()])
  t.match(await outcome, { status: 200, starts: 1 })
  t.equal(bank.api.requests.length, 1)
  await connections.close()
})

test('requests that wait for a connection are made, too, before closing ends', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t, { maxConnections: 2 })
  const outcomes = Array.from({ length: 12 }, () => call(dispatcher, { origin }))
  await connections.close()
  t.ok((await Promise.all(outcomes)).every(({ status }) => status === 200))
  t.equal(bank.api.requests.length, 12)
})

test('after closing, nothing is sent any more', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t)
  await connections.close()
  for (const method of ['GET', 'POST'] as const) {
    const { error, starts } = await call(dispatcher, { origin, method })
    t.match(bankFailure(error, starts > 0), {
      code: 'bank_unreachable',
      requestSent: 'no',
      message: 'the sidecar closed its connections to the bank',
    })
  }
  t.equal(bank.api.connections.length, 0)
})

test('destroying breaks off what is in flight, waiting or being connected, also while closing', async (t: Test) => {
  const { bank, connections, dispatcher, origin } = await pair(t, { maxConnections: 1 })
  bank.api.handler = () => {}
  const running = call(dispatcher, { origin })
  const waiting = call(dispatcher, { origin })
  await until(() => bank.api.requests.length === 1)
  const closing = connections.close()
  await connections.destroy()
  await closing
  t.match(bankFailure((await running).error, true), { code: 'bank_connection_lost', requestSent: 'maybe' })
  t.match(bankFailure((await waiting).error, false), { code: 'bank_unreachable', requestSent: 'no' })
  await until(() => bank.api.openCount() === 0)
  await connections.destroy()
})

test('destroying ends an attempt to connect at once', async (t: Test) => {
  let connected = 0
  const silent = createServer(() => void connected++)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const { connections, dispatcher } = await pair(t)
  const { port } = silent.address() as { port: number }
  const outcome = call(dispatcher, { origin: `https://localhost:${port}` })
  const accepted = new Promise((resolve) => silent.once('connection', resolve))
  await accepted
  await connections.destroy()
  t.match(bankFailure((await outcome).error, false), { code: 'bank_unreachable', requestSent: 'no' })
})

test('destroying in the moment when a connection is ready ends it unused', async (t: Test) => {
  let destroyed: Promise<void> | undefined
  const { bank, connections, dispatcher, origin } = await pair(t, {
    onConnection: () => {
      destroyed = connections.destroy()
    },
  })
  t.match(await call(dispatcher, { origin }), { starts: 0, complete: false })
  await destroyed
  t.equal(bank.api.requests.length, 0)
})

test('a hundred generations leave nothing behind', async (t: Test) => {
  const { authority, bank, connections, origin } = await pair(t)
  await connections.close()
  const secureContext = await clientContext(authority)
  const before = resources()
  for (let count = 0; count < 100; count++) {
    const generation = openConnections({
      secureContext,
      connectTimeoutMs: 60_000,
      responseTimeoutMs: 60_000,
      maxConnections: 4,
      keepAliveTimeoutMs: 10_000,
    })
    await Promise.all([
      call(generation.dispatcher, { origin }),
      call(generation.dispatcher, { origin, method: 'POST' }),
    ])
    await generation.close()
  }
  await until(() => bank.api.openCount() === 0)
  t.equal(bank.api.requests.length, 200)
  await until(() => resources() <= before)
})

test('many requests for a bank that is down all fail, none waits for ever', async (t: Test) => {
  for (const maxConnections of [1, 3]) {
    const { bank, connections, dispatcher, origin } = await pair(t, { maxConnections })
    await bank.close()
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => call(dispatcher, { origin })))
    t.ok(outcomes.every(({ error }) => bankFailure(error, false).code === 'bank_unreachable'))
    await connections.close()
  }
})

test('requests for a bank that does not answer are given up together', async (t: Test) => {
  let connected = 0
  const silent = createServer(() => void connected++)
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
  t.teardown(() => silent.close())
  const { connections, dispatcher } = await pair(t, { maxConnections: 2, connectTimeoutMs: 400 })
  const origin = `https://localhost:${(silent.address() as { port: number }).port}`
  const outcomes = await Promise.all(Array.from({ length: 50 }, () => call(dispatcher, { origin })))
  t.ok(connected <= 2, `${connected} attempts`)
  t.ok(outcomes.every(({ error }) => bankFailure(error, false).code === 'bank_unreachable'))
  await connections.close()
})

test('a bank that comes back is reached again', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t)
  const sockets = () => bank.api.connections.filter(({ open }) => open)
  for (let round = 0; round < 5; round++) {
    t.match(await call(dispatcher, { origin }), { status: 200 })
    for (const { socket } of sockets()) socket.destroy()
    await until(() => bank.api.openCount() === 0)
  }
})

/** Sockets and timers of this process; the bank's own listeners are always there. */
function resources(): number {
  return process.getActiveResourcesInfo().filter((name) => /TCP|TLS|Timeout/.test(name)).length
}
