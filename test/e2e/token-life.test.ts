import { setTimeout } from 'node:timers/promises'
import { test } from 'tap'
import { answerAfter } from '../support/answer-with.ts'
import { startApp } from '../support/app.ts'
import { respond, type SeenRequest, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'
import { startPayments } from './rotation-rig.ts'

test('tokens of 5 s, under load: each comes after 20 more payments only, and none waits for it or fails', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, tokenLifeSeconds: 5 })
  const { accepts } = bank.api
  const refused: SeenRequest[] = []
  bank.api.accepts = (seen) => {
    if (accepts(seen)) return true
    refused.push(seen)
    return false
  }
  bank.api.handler = async ({ response }) => {
    await setTimeout(50)
    respond(response, 201, {})
  }
  const env = { BC_TOKEN_REQUESTS_PER_MINUTE: '60' }
  const { apps, lines } = await startTestSidecar(t, { bank, authority, env })
  const startedAt = performance.now()
  const payments = startPayments(t, apps, 4, 50)
  answerAfter(bank.authorization, () => payments.more(20))
  await until(() => bank.issued.length === 5)
  await payments.more(20)
  await payments.stop()
  t.ok(performance.now() - startedAt > 10_000, 'four renewals')
  t.strictSame(payments.failures, [])
  t.equal(refused.length, 0)
  t.equal(lines.filter(({ replayed }) => replayed).length, 0)
  t.equal(bank.authorization.requests.length, bank.issued.length)
  t.equal(lines.filter(({ event }) => event === 'token_renewed').length, bank.issued.length)
  t.equal(lines.filter(({ event }) => event === 'token_failed').length, 0)
})

test('idle, it asks for no token; the first request after that waits for one', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, tokenLifeSeconds: 2 })
  const env = { BC_TOKEN_REQUESTS_PER_MINUTE: '60' }
  const { apps, admin } = await startTestSidecar(t, { bank, authority, env })
  const state = async (): Promise<string | undefined> => {
    const metrics = await (await fetch(`${admin}/metrics`)).text()
    return /token_state\{environment="test",state="(\w+)"\} 1/.exec(metrics)?.[1]
  }
  await until(async () => (await state()) === 'none')
  t.equal(bank.issued.length, 1)
  t.equal((await startApp(t, apps).call({ path: '/a' })).status, 200)
  t.equal(bank.issued.length, 2)
})

test('a bank that gives one opaque token for ever: no payment waits for it or fails', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, checkTokens: false })
  bank.api.handler = ({ response }) => respond(response, 201, {})
  bank.authorization.handler = ({ response }) =>
    respond(response, 200, { access_token: 'for-ever', expires_in: '2' })
  const env = { BC_TOKEN_REQUESTS_PER_MINUTE: '60' }
  const { apps, lines } = await startTestSidecar(t, { bank, authority, env })
  const payments = startPayments(t, apps, 2, 50)
  const renewals = () => lines.filter(({ event }) => event === 'token_renewed').length
  await until(async () => {
    await payments.more(2)
    return renewals() >= 8
  })
  await payments.stop()
  t.strictSame(payments.failures, [])
  t.equal(lines.filter(({ event }) => event === 'token_failed').length, 0)
})
