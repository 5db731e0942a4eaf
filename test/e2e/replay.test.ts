import { randomBytes } from 'node:crypto'
import { type Test, test } from 'tap'
import { type Call, startApp } from '../support/app.ts'
import { type Exchange, respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string> = {}) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { bank, ...running, app: startApp(t, running.apps) }
}

const bodies: Readonly<Record<string, string | Buffer | readonly Buffer[]>> = {
  small: 'x',
  large: randomBytes(200_000),
  chunked: [randomBytes(60_000), randomBytes(60_000)],
}
const withBody = ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const withoutBody = [...withBody, 'GET', 'HEAD']

test('a request refused with 401 is sent once more, with a new token and the same body, whatever its method', async (t) => {
  const { bank, apps, requests } = await start(t)
  const calls: Call[] = [
    ...withoutBody.map((method) => ({ method, path: `/${method}` })),
    ...withBody.flatMap((method) =>
      Object.entries(bodies).map(([kind, body]) => {
        // Node.js's client frames no body of DELETE and OPTIONS by itself.
        const headers = kind === 'chunked' ? { 'transfer-encoding': 'chunked' } : {}
        return { method, path: `/${method}/${kind}`, headers, body }
      }),
    ),
  ]
  const [first] = bank.issued
  const held: Exchange[] = []
  bank.api.handler = (exchange) => {
    if (exchange.seen.token !== first?.token) return respond(exchange.response, 200, {})
    // All come with the old token, and are refused together.
    if (held.push(exchange) === calls.length) for (const { response } of held) respond(response, 401, [])
  }
  const answers = await Promise.all(calls.map((call) => startApp(t, apps).call(call)))
  t.ok(answers.every(({ status }) => status === 200))
  t.equal(bank.issued.length, 2, 'one new token for all')
  for (const { method, path, body = '' } of calls) {
    const sent = Buffer.concat([body].flat().map((part) => Buffer.from(part)))
    const seen = bank.api.requests.filter((one) => one.method === method && one.url === path)
    t.ok(
      seen.length === 2 && seen[0]?.token === first?.token && seen[1]?.token === bank.issued[1]?.token,
      `${method} ${path}`,
    )
    t.ok(seen.every((one) => one.body.equals(sent)))
  }
  await until(() => requests().length === calls.length)
  t.ok(requests().every(({ status, replayed, origin }) => status === 200 && replayed && origin === 'bank'))
})

test('bodies are kept up to BC_REPLAY_TOTAL_BYTES together: what finds no room is not sent again', async (t) => {
  const { bank, apps } = await start(t, { BC_REPLAY_TOTAL_BYTES: '100000' })
  bank.revokeTokens()
  const held: Exchange[] = []
  bank.api.onHead = (exchange) => held.push(exchange) > 0
  const pay = () => startApp(t, apps).call({ method: 'POST', path: '/p', body: randomBytes(70_000) })
  const answers = Promise.all([pay(), pay()])
  await until(() => held.length === 2)
  await Promise.all(held.map(({ request }) => request.resume().toArray()))
  bank.api.onHead = undefined
  for (const { response } of held) respond(response, 401, [])
  t.strictSame(new Set((await answers).map(({ status }) => status)), new Set([200, 401]))
  t.equal((await pay()).status, 200)
  t.equal(bank.api.requests.length, 4)
})

test('a 401 before the whole body has arrived is the app’s answer', async (t) => {
  const { bank, apps } = await start(t)
  bank.api.onHead = ({ response }) => {
    respond(response, 401, [])
    return true
  }
  let body: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller
      controller.enqueue(Buffer.from('half'))
    },
  })
  const answer = await fetch(`${apps}/p`, { method: 'POST', body: stream, duplex: 'half' })
  t.equal(answer.status, 401)
  t.equal(bank.api.requests.length, 1)
  t.equal(bank.issued.length, 1)
  body?.close()
})

test('many requests refused at once cost one new token', async (t) => {
  const { bank, app } = await start(t)
  bank.revokeTokens()
  const calls = Array.from({ length: 20 }, () => app.call({ method: 'POST', path: '/p', body: 'x' }))
  t.ok((await Promise.all(calls)).every(({ status }) => status === 200))
  t.equal(bank.issued.length, 2)
})

test('a second 401 is the bank’s answer, and no storm follows', async (t) => {
  const { bank, app } = await start(t)
  bank.api.accepts = () => true
  bank.api.handler = ({ response }) => respond(response, 401, [{ errorCode: 'no', errorText: 'never' }])
  for (let call = 0; call < 10; call += 1) {
    const answer = await app.call({ method: 'POST', path: '/p', body: 'x' })
    t.equal(answer.status, 401)
    t.equal(answer.headers['bc-sidecar-error'], undefined)
    t.match(answer.text, 'never')
  }
  t.ok(bank.issued.length <= 2, 'one forced renewal')
})

test('the bank’s 401 is passed on when no new token can be had, and when the body was not kept', async (t) => {
  const { bank, app } = await start(t, { BC_REPLAY_LIMIT_BYTES: '1000' })
  bank.revokeTokens()
  t.equal((await app.call({ method: 'POST', path: '/p', body: randomBytes(5_000) })).status, 401)
  t.equal(bank.api.requests.length, 1)
  bank.authorization.handler = ({ response }) => respond(response, 500, {})
  t.equal((await app.call({ method: 'POST', path: '/p', body: 'x' })).status, 401)
})

test('a HEAD that is refused when no new token can be had is answered too, and is over', async (t) => {
  const { bank, app, admin } = await start(t)
  bank.revokeTokens()
  bank.authorization.handler = ({ response }) => respond(response, 500, {})
  const answer = await app.call({ method: 'HEAD', path: '/h' })
  t.match(answer, { status: 401, text: '' })
  await until(async () => /"inFlight":0\b/.test(await (await fetch(`${admin}/status`)).text()))
  t.equal(bank.api.requests.length, 1)
})

test('403 is never repeated', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ response }) => respond(response, 403, [])
  t.equal((await app.call({ method: 'POST', path: '/p', body: 'x' })).status, 403)
  t.equal(bank.api.requests.length, 1)
})
