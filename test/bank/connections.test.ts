import { type Test, test } from 'tap'
import { startBank } from '../support/bank.ts'
import { until } from '../support/until.ts'
import { call, pair } from './harness.ts'

for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a bank that speaks ${version} only is reached with our certificate`, async (t: Test) => {
    const { bank, dispatcher, origin } = await pair(t, { bank: { minVersion: version, maxVersion: version } })
    const outcome = await call(dispatcher, {
      origin,
      method: 'POST',
      path: '/pay?x=1',
      body: Buffer.from('{}'),
    })
    t.match(outcome, { status: 200, complete: true, starts: 1 })
    const [seen] = bank.api.requests
    t.match(seen, {
      method: 'POST',
      url: '/pay?x=1',
      body: Buffer.from('{}'),
      connection: { protocol: version },
    })
    t.match(seen?.thumbprint, /^[0-9A-F]{40}$/)
    t.equal(seen?.connection.socket.alpnProtocol, 'http/1.1')
  })

  test(`a TLS session is resumed within one set of connections, with ${version}`, async (t: Test) => {
    const events: { origin: string; resumed: boolean }[] = []
    const { bank, dispatcher, origin } = await pair(t, {
      bank: { maxVersion: version },
      onConnection: (event) => events.push(event),
    })
    for (let calls = 0; calls < 3; calls++) {
      await call(dispatcher, { origin })
      bank.api.connections.at(-1)?.socket.end()
      await until(() => bank.api.openCount() === 0)
    }
    t.strictSame(events, [
      { origin, resumed: false },
      { origin, resumed: true },
      { origin, resumed: true },
    ])
    t.strictSame(
      bank.api.connections.map((one) => one.resumed),
      [false, true, true],
    )
  })
}

test('a TLS session never outlives its generation', async (t: Test) => {
  const first = await pair(t)
  await call(first.dispatcher, { origin: first.origin })
  const resumed: boolean[] = []
  const second = await pair(t, { onConnection: (event) => resumed.push(event.resumed) })
  await call(second.dispatcher, { origin: first.origin })
  t.strictSame(resumed, [false])
  t.equal(first.bank.api.connections[1]?.resumed, false)
})

test('a session that the bank no longer takes costs a full handshake, nothing more', async (t: Test) => {
  const resumed: boolean[] = []
  const { authority, bank, dispatcher, origin } = await pair(t, {
    onConnection: (event) => resumed.push(event.resumed),
  })
  await call(dispatcher, { origin })
  bank.api.connections[0]?.socket.end()
  await until(() => bank.api.openCount() === 0)
  const { chainPem, keyPem } = await authority.server()
  bank.api.setTls({ cert: chainPem, key: keyPem, ca: authority.caPem })
  t.match(await call(dispatcher, { origin }), { status: 200 })
  t.strictSame(resumed, [false, false])
})

test('a connection is kept for the next request, but no longer than said, whatever the bank offers', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t, { keepAliveTimeoutMs: 1_000 })
  bank.api.handler = ({ response }) => void response.setHeader('keep-alive', 'timeout=600').end('ok')
  await call(dispatcher, { origin })
  await call(dispatcher, { origin })
  t.equal(bank.api.connections.length, 1)
  await until(() => bank.api.openCount() === 0)
})

test('a bank that keeps connections for a short time is believed', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t)
  bank.api.handler = ({ response }) => void response.setHeader('keep-alive', 'timeout=1').end('ok')
  await call(dispatcher, { origin })
  await until(() => bank.api.openCount() === 0)
  t.equal(bank.api.connections.length, 1)
})

test('no more connections are opened than allowed, and no request is lost', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t, { maxConnections: 3 })
  const outcomes = await Promise.all(Array.from({ length: 30 }, () => call(dispatcher, { origin })))
  t.ok(outcomes.every(({ status }) => status === 200))
  t.equal(bank.api.requests.length, 30)
  t.ok(bank.api.connections.length <= 3, `${bank.api.connections.length} connections`)
})

test('a bank that does not answer is given up after the response time-out', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t, { responseTimeoutMs: 1_000 })
  bank.api.handler = () => {}
  const since = performance.now()
  const outcome = await call(dispatcher, { origin, method: 'POST', body: Buffer.from('x') })
  t.match(outcome, { error: { code: 'UND_ERR_HEADERS_TIMEOUT' }, starts: 1 })
  t.ok(performance.now() - since > 900)
  t.equal(bank.api.requests.length, 1)
})

test('a bank that stops in the middle of its answer is given up after the response time-out', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t, { responseTimeoutMs: 1_000 })
  bank.api.handler = ({ response }) => void response.write('half')
  t.match(await call(dispatcher, { origin }), {
    error: { code: 'UND_ERR_BODY_TIMEOUT' },
    body: 'half',
    complete: false,
  })
})

test('two origins share one set of connections', async (t: Test) => {
  const { authority, bank, dispatcher } = await pair(t)
  const other = await startBank(t, { authority, checkTokens: false })
  t.match(await call(dispatcher, { origin: bank.baseUrl }), { status: 200 })
  t.match(await call(dispatcher, { origin: other.baseUrl }), { status: 200 })
  t.equal(bank.api.requests.length + other.api.requests.length, 2)
})
