import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { respond } from '../support/bank-listener.ts'
import { findings, setUp } from './check-rig.ts'

test('a wrong password is named, after one token request', async (t) => {
  const { bank, env, directory } = await setUp(t)
  writeFileSync(`${directory}/password`, 'wrong')
  const { status, trail, of } = await findings(t, env)
  t.equal(status, 1)
  t.match(of('token'), { outcome: 'failed', found: /answered 401/, cause: /^user name or password is wrong/ })
  t.strictSame(trail.slice(-3), ['token failed', 'clock ok', 'api call skipped'])
  t.equal(bank.authorization.requests.length, 1)
  t.equal(bank.api.requests.length, 0)
})

const tokenAnswers = [
  { status: 400, cause: /^user name or password is wrong.*that of another environment/ },
  { status: 403, cause: /^the public IP address of this machine is not on the bank's list/ },
  { status: 404, cause: /^BC_AUTHORIZATION_URL does not lead to the bank's API/ },
  { status: 302, cause: /^BC_AUTHORIZATION_URL does not lead to the bank's API/ },
  { status: 429, cause: /^too many requests from this IP address/ },
  { status: 500, cause: /^trouble at the bank/ },
  { status: 200, cause: /^something else answers in place of the bank/ },
]

for (const { status, cause } of tokenAnswers) {
  test(`a token request answered ${status} is explained`, async (t) => {
    const { bank, env } = await setUp(t)
    bank.authorization.handler = ({ response }) => respond(response, status, 'no token')
    t.match((await findings(t, env)).of('token'), { outcome: 'failed', cause })
    t.equal(bank.authorization.requests.length, 1)
  })
}

const callAnswers = [
  { status: 401, cause: /^BC_BASE_URL and BC_AUTHORIZATION_URL are not of the same environment/ },
  { status: 403, cause: /not on the bank's list.*or the user may not see accounts/ },
  { status: 404, cause: /^BC_BASE_URL does not lead to the bank's API/ },
  { status: 503, cause: /^trouble at the bank/ },
]

for (const { status, cause } of callAnswers) {
  test(`a call answered ${status} is explained`, async (t) => {
    const { bank, env } = await setUp(t)
    bank.api.handler = ({ response }) => respond(response, status, [])
    const { of } = await findings(t, env)
    t.match(of('api call'), { outcome: 'failed', cause, found: new RegExp(`answered ${status}`) })
    t.equal(bank.api.requests.length, 1)
  })
}

test('how long the bank wants to be left alone is told', async (t) => {
  const { bank, env } = await setUp(t)
  bank.authorization.handler = ({ response }) => void response.writeHead(429, { 'retry-after': '17' }).end()
  t.match((await findings(t, env)).of('token').found, /answered 429, and to come back in 17 s$/)
})

test('an authorization endpoint that does not answer is given up', async (t) => {
  const { bank, env } = await setUp(t)
  bank.authorization.handler = () => undefined
  const { of } = await findings(t, { ...env, BC_TOKEN_TIMEOUT_MS: '100' })
  t.match(of('token'), {
    found: 'the authorization endpoint did not answer within 100 ms',
    cause: /stood still/,
  })
  t.match(of('clock'), { outcome: 'skipped', found: 'no answer to compare with' })
})

test('a token for another certificate is worth a warning', async (t) => {
  const { bank, env } = await setUp(t)
  bank.claims = { thumbprint: 'AB'.repeat(20) }
  t.match((await findings(t, env)).of('token'), { outcome: 'warning', found: /for another certificate$/ })
  bank.claims = { thumbprint: undefined }
  t.match((await findings(t, env)).of('token'), { outcome: 'ok', found: /for no certificate$/ })
})

test('a token that lives shorter than usual is worth a warning', async (t) => {
  const { bank, env } = await setUp(t)
  bank.tokenLifeSeconds = 30
  t.match((await findings(t, env)).of('token'), { outcome: 'warning', found: /a token for 30 s/ })
})

test('a clock that is off is named', async (t) => {
  const { bank, env } = await setUp(t)
  const dated = async (date: string | undefined) => {
    bank.authorization.handler = ({ response }) => {
      response.sendDate = false
      if (date !== undefined) response.setHeader('date', date)
      response.writeHead(401).end()
    }
    return (await findings(t, env)).of('clock')
  }
  const moment = (offsetMs: number): string => new Date(Date.now() + offsetMs).toUTCString()
  t.match(await dated(moment(120_000)), {
    outcome: 'warning',
    found: /s behind the bank's$/,
    cause: /clock is off/,
  })
  t.match(await dated(moment(-3_600_000)), { outcome: 'failed', found: /^360\d s ahead of the bank's$/ })
  t.match(await dated(undefined), { outcome: 'skipped', found: /no Date/ })
})

test('a page in place of the API is no answer of the bank', async (t) => {
  const { bank, env } = await setUp(t)
  bank.api.handler = ({ response }) =>
    void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Hello')
  t.match((await findings(t, env)).of('api call'), {
    outcome: 'failed',
    cause: /such as a proxy with a page/,
  })
})

test('an API that hangs up is explained', async (t) => {
  const { bank, env } = await setUp(t)
  bank.api.handler = ({ socket }) => void socket.destroy()
  t.match((await findings(t, env)).of('api call'), { outcome: 'failed', cause: /^the connection was lost/ })
})
