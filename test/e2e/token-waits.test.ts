import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { type Exchange, respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

/** A bank whose token answers wait for `release`. */
async function startSlowBank(t: Test) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const plain = bank.authorization.handler
  const held: Exchange[] = []
  bank.authorization.handler = (exchange) => void held.push(exchange)
  const release = async (): Promise<void> => {
    bank.authorization.handler = plain
    for (const exchange of held.splice(0)) await plain(exchange)
  }
  return { authority, bank, held, release }
}

test('a request waits for the token request that is under way', async (t) => {
  const { authority, bank, held, release } = await startSlowBank(t)
  const { apps } = await startTestSidecar(t, { bank, authority, ready: false })
  const answers = [1, 2, 3].map(() => startApp(t, apps).call({ method: 'POST', path: '/p', body: 'x' }))
  await until(() => held.length === 1)
  await release()
  t.ok((await Promise.all(answers)).every(({ status }) => status === 200))
  t.equal(bank.issued.length, 1)
})

test('an app that hangs up while it waits for a token: nothing is sent', async (t) => {
  const { authority, bank, held, release } = await startSlowBank(t)
  const { apps, admin, requests } = await startTestSidecar(t, { bank, authority, ready: false })
  await until(() => held.length === 1)
  const socket = connect(Number(new URL(apps).port), '127.0.0.1')
  socket.write('POST /p HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx')
  await until(async () => /"inFlight":1\b/.test(await (await fetch(`${admin}/status`)).text()))
  const other = startApp(t, apps).call({ path: '/after' })
  socket.resetAndDestroy()
  await release()
  t.equal((await other).status, 200)
  await until(() => requests().length === 2)
  t.strictSame(
    bank.api.requests.map(({ url }) => url),
    ['/after'],
  )
})

test('a bank that hangs with the token is a token_unavailable within the time-out', async (t) => {
  const { authority, bank } = await startSlowBank(t)
  const { apps } = await startTestSidecar(t, {
    bank,
    authority,
    ready: false,
    env: { BC_TOKEN_TIMEOUT_MS: '1000' },
  })
  const answer = await startApp(t, apps).call({ path: '/a' })
  t.match(answer, { status: 503, headers: { 'bc-sidecar-error': 'token_unavailable', 'retry-after': /\d/ } })
  bank.authorization.handler = ({ response }) => respond(response, 500, {})
})

test('without credentials there is no token to ask for, and the answer names the file', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const env = { BC_CERTIFICATE_FILE: join(t.testdir(), 'none.pem') }
  const { apps, admin } = await startTestSidecar(t, { bank, authority, env, ready: false })
  const answer = await startApp(t, apps).call({ path: '/a' })
  t.match(answer, { status: 503, headers: { 'bc-sidecar-error': 'certificate_unusable' } })
  t.match(answer.json['detail'], 'none.pem')
  t.equal((await fetch(`${admin}/readyz`)).status, 503)
  t.equal((await fetch(`${admin}/livez`)).status, 200)
})

test('with BC_TOKEN_AT_START=never it is ready without a token, and the first request waits for one', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const env = { BC_TOKEN_AT_START: 'never' }
  const { apps, admin } = await startTestSidecar(t, { bank, authority, env, ready: false })
  t.equal((await fetch(`${admin}/readyz`)).status, 200)
  t.equal((await fetch(`${admin}/startupz`)).status, 503)
  t.equal(bank.authorization.requests.length, 0)
  t.equal((await startApp(t, apps).call({ path: '/a' })).status, 200)
  t.equal((await fetch(`${admin}/startupz`)).status, 200)
  t.equal(bank.issued.length, 1)
})

test('an app secret closes the listener to whoever does not show it', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const file = join(t.testdir({ 'app-secret': 'open sesame\n' }), 'app-secret')
  const { apps, sidecar } = await startTestSidecar(t, { bank, authority, env: { BC_APP_SECRET_FILE: file } })
  const app = startApp(t, apps)
  const show = (secret: string) => app.call({ path: '/a', headers: { 'bc-sidecar-secret': secret } })
  t.match(await app.call({ path: '/a' }), {
    status: 403,
    headers: { 'bc-sidecar-error': 'app_not_authenticated' },
  })
  t.equal((await show('wrong')).status, 403)
  t.equal((await show('open sesame')).status, 200)
  t.equal(bank.api.requests.at(-1)?.headers['bc-sidecar-secret'], undefined)
  writeFileSync(file, 'new words')
  sidecar.reload()
  await until(async () => (await show('new words')).status === 200)
  t.equal((await show('open sesame')).status, 200, 'the previous one is good for a while')
})

test('an app secret that cannot be read closes the listener, and the log says why', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const file = join(t.testdir(), 'app-secret')
  const { apps, lines, sidecar } = await startTestSidecar(t, {
    bank,
    authority,
    env: { BC_APP_SECRET_FILE: file },
    ready: false,
  })
  t.equal((await startApp(t, apps).call({ path: '/a' })).status, 403)
  t.match(
    lines.find(({ event }) => event === 'app_secret_unusable'),
    { level: 'error', environment: 'test', reason: /app-secret/ },
  )
  t.equal(bank.api.requests.length, 0)
  writeFileSync(file, 'open sesame')
  sidecar.reload()
  await until(() => lines.some(({ event }) => event === 'app_secret_applied'))
})

test('paths that Fastify cannot read are refused in our shape', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const { apps } = await startTestSidecar(t, { bank, authority })
  const app = startApp(t, apps)
  for (const path of ['/%zz', '/%', '/a/..b', '/%c0%ae']) {
    const answer = await app.call({ path })
    t.match(answer, { status: 400, headers: { 'bc-sidecar-error': 'invalid_request' } }, path)
  }
  t.equal(bank.api.requests.length, 0)
})

test('SIGHUP ends the wait after refused credentials, as the bank may have been mended', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const plain = bank.authorization.handler
  bank.authorization.handler = ({ response }) => respond(response, 403, {})
  const { apps, admin, sidecar } = await startTestSidecar(t, { bank, authority, ready: false })
  const tokenStatus = async () => {
    const status = (await (await fetch(`${admin}/status`)).json()) as {
      environments: { test: { token: Record<'state' | 'lastRequestAt' | 'nextAttemptAt', string> } }
    }
    return status.environments.test.token
  }
  await until(async () => (await tokenStatus()).state === 'rejected')
  const { nextAttemptAt } = await tokenStatus()
  t.equal((await startApp(t, apps).call({ path: '/a' })).status, 502)
  bank.authorization.handler = plain
  sidecar.reload()
  await until(async () => (await fetch(`${admin}/readyz`)).ok)
  const { lastRequestAt } = await tokenStatus()
  t.ok(Date.parse(lastRequestAt) < Date.parse(nextAttemptAt), 'before it would have been tried by itself')
  t.equal(bank.authorization.requests.length, 2)
  t.equal((await startApp(t, apps).call({ path: '/a' })).status, 200)
})
