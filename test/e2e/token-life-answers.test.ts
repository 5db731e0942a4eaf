import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { type Handler, respond, startBank, type TestBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, prepare: (bank: TestBank) => void, env: Record<string, string> = {}) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  prepare(bank)
  const running = await startTestSidecar(t, { bank, authority, env, ready: false })
  const { admin, lines } = running
  const app = startApp(t, running.apps)
  return {
    bank,
    pay: () => app.call({ method: 'POST', path: '/p', body: 'x' }),
    events: (event: string) => lines.filter((line) => line['event'] === event),
    lines,
    metrics: async () => (await fetch(`${admin}/metrics`)).text(),
    ready: async () => (await fetch(`${admin}/readyz`)).ok,
    token: async () => {
      const status = (await (await fetch(`${admin}/status`)).json()) as {
        environments: { test: { token: Record<string, unknown> } }
      }
      return status.environments.test.token
    },
  }
}

/** What a token answer holds, made from a sound token of the bank's. */
const lifetimes: Readonly<Record<string, (token: string) => Record<string, unknown>>> = {
  'a string': (access_token) => ({ access_token, expires_in: '300' }),
  'a number': (access_token) => ({ access_token, expires_in: 300 }),
  'missing, but the token tells it': (access_token) => ({ access_token }),
}

for (const [name, answer] of Object.entries(lifetimes))
  test(`expires_in: ${name}`, async (t) => {
    const { bank, pay, token, ready } = await start(t, (bank) => {
      bank.authorization.handler = ({ seen, response }) =>
        respond(response, 200, answer(bank.issue(seen.thumbprint).token))
    })
    t.equal((await pay()).status, 200)
    t.ok(await ready())
    const { state, expiresAt, lastError, requests, thumbprintMatches } = await token()
    t.match({ state, lastError, requests }, { state: 'valid', lastError: null, requests: { ok: 1 } })
    const leftMs = Date.parse(String(expiresAt)) - Date.now()
    t.ok(leftMs > 250_000 && leftMs <= 300_000, `${leftMs} ms left`)
    t.equal(thumbprintMatches, true)
    t.equal(bank.issued.length, 1)
  })

const secret = 'never-to-be-seen'

const json =
  (content: unknown): Handler =>
  ({ response }) =>
    respond(response, 200, content)

const text =
  (content: string | Buffer): Handler =>
  ({ response }) =>
    void response.writeHead(200, { 'content-length': content.length }).end(content)

const lasting = (expires_in: unknown): Handler => json({ access_token: secret, expires_in })

const nonsense: Readonly<Record<string, Handler>> = {
  'an empty body': text(''),
  'no content': ({ response }) => void response.writeHead(204).end(),
  HTML: text(`<html><body>${secret}</body></html>`),
  'half of a JSON': text(`{"access_token": "${secret}`),
  'a list': json([secret]),
  null: json(null),
  'no token': json({ expires_in: '300' }),
  'an empty token': json({ access_token: '', expires_in: '300' }),
  'a token that is no string': json({ access_token: 12345, expires_in: '300' }),
  'a token with a line break': json({ access_token: `${secret}\r\nx-evil: 1`, expires_in: '300' }),
  'no lifetime at all': json({ access_token: secret }),
  'a negative lifetime': lasting('-1'),
  'no lifetime left': lasting(0),
  'a lifetime in words': lasting('five minutes'),
  'a lifetime of a century': lasting(3_153_600_000),
  'a redirect': ({ response }) =>
    void response.writeHead(302, { location: '/api/v1/elsewhere', 'content-length': 0 }).end(),
  '10 MB': text(Buffer.alloc(10_000_000, 'x')),
  'an answer that never ends': ({ response }) =>
    void response.writeHead(200, { 'content-length': 100 }).write('{"access_token": '),
}

for (const [name, handler] of Object.entries(nonsense))
  test(`a token answer of nonsense: ${name}`, async (t) => {
    const { bank, pay, token, ready, events, lines, metrics } = await start(
      t,
      (bank) => {
        bank.authorization.handler = handler
      },
      { BC_TOKEN_TIMEOUT_MS: '1000' },
    )
    const answer = await pay()
    t.match(answer, {
      status: 503,
      headers: { 'bc-sidecar-error': 'token_unavailable', 'retry-after': /\d/ },
    })
    t.match(answer.json, { code: 'token_unavailable', requestSent: 'no' })
    t.equal(bank.api.requests.length, 0)
    t.match(await token(), { state: 'failed', requests: { ok: 0, rejected: 0 }, thumbprintMatches: null })
    t.type((await token())['nextAttemptAt'], 'string')
    t.equal(events('token_failed').length, 1, 'said once')
    t.ok(await ready(), 'this is the fault of the bank')
    t.ok(bank.authorization.requests.every(({ url }) => url === '/api/v1/authorizations/authorize'))
    t.match(await metrics(), 'bc_sidecar_token_state{environment="test",state="failed"} 1')
    t.notMatch(JSON.stringify([lines, answer.text, await token()]), secret)
  })

test('after nonsense, the next sound answer serves', async (t) => {
  const { bank, pay, token } = await start(t, (bank) => {
    const plain = bank.authorization.handler
    bank.authorization.handler = ({ response }) => {
      bank.authorization.handler = plain
      respond(response, 200, {})
    }
  })
  t.equal((await pay()).status, 503)
  await until(async () => (await pay()).status === 200)
  t.match(await token(), { state: 'valid', lastError: null, requests: { ok: 1, failed: 1 } })
  t.equal(bank.api.requests.length, 1)
})

test('a token for another certificate is used, and told', async (t) => {
  const { bank, pay, token, events, metrics, ready } = await start(t, (bank) => {
    bank.claims = { thumbprint: 'AB'.repeat(20) }
  })
  t.equal((await pay()).status, 200)
  t.equal((await pay()).status, 200)
  t.equal(bank.issued.length, 1)
  t.ok(await ready())
  t.match(await token(), { state: 'valid', thumbprintMatches: false, lastError: null })
  t.equal(events('thumbprint_mismatch').length, 1)
  t.match(events('thumbprint_mismatch')[0], { claimed: 'AB'.repeat(20), level: 'warn', environment: 'test' })
  t.match(await metrics(), 'bc_sidecar_thumbprint_match{environment="test"} 0')
})
