import { randomBytes } from 'node:crypto'
import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { respond, startBank } from '../support/bank.ts'
import { createAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string> = {}) {
  const authority = await createAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { bank, ...running, app: startApp(t, running.apps) }
}

test('a request refused with 401 is sent once more, with a new token and the same body, whatever its method', async (t) => {
  for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
    const { bank, app, requests } = await start(t)
    const body = method === 'GET' ? undefined : randomBytes(50_000)
    bank.revokeTokens()
    const answer = await app.call({ method, path: '/api/v1/accounts', ...(body && { body }) })
    t.equal(answer.status, 200, method)
    t.equal(bank.api.requests.length, 2)
    t.equal(bank.issued.length, 2)
    const [first, second] = bank.api.requests
    t.not(first?.token, second?.token)
    t.ok(second?.body.equals(body ?? Buffer.alloc(0)))
    await until(() => requests().length === 1)
    t.match(requests()[0], { status: 200, replayed: true, origin: 'bank' })
  }
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

test('403 is never repeated', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ response }) => respond(response, 403, [])
  t.equal((await app.call({ method: 'POST', path: '/p', body: 'x' })).status, 403)
  t.equal(bank.api.requests.length, 1)
})
