import { writeFileSync } from 'node:fs'
import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

const aDay = '86400000'

async function start(t: Test, env: Record<string, string>) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { ...running, bank, app: startApp(t, running.apps) }
}

test('during the delay everything is served as before: an app beside it makes its last calls', async (t) => {
  const { app, admin, bank, sidecar, lines } = await start(t, { BC_DRAIN_DELAY_MS: aDay })
  const stopped = sidecar.stop()
  for (const method of ['GET', 'POST'])
    t.equal((await app.call({ method, path: '/last', body: method === 'POST' ? '{}' : [] })).status, 200)
  t.equal((await fetch(`${admin}/livez`)).status, 200)
  t.equal((await fetch(`${admin}/readyz`)).status, 503, 'who balances load hears of it at once')
  t.equal(bank.api.requests.length, 2)
  t.match(lines.filter(({ event }) => event === 'stopping' || event === 'draining').length, 1)

  const tokens = bank.authorization.requests.length
  sidecar.reload()
  await sidecar.kill()
  await stopped
  t.equal(bank.authorization.requests.length, tokens, 'a reload asked the bank for nothing')
  t.match(lines.at(-1), { event: 'drained', inFlight: 0 })
  await t.rejects(app.call({ path: '/late' }))
})

test('one deadline holds for everything: the bank, an upload, a set that is being proved', async (t) => {
  const { admin, app, bank, dir, sidecar, lines } = await start(t, { BC_DRAIN_TIMEOUT_MS: '200' })
  bank.api.handler = () => undefined
  bank.authorization.handler = () => undefined
  const waiting = [
    app.call({ path: '/never-answered' }),
    app.call({ method: 'POST', path: '/p', headers: { 'content-length': '9' }, body: ['half'] }),
  ]
  await until(async () => /"inFlight":2\b/.test(await (await fetch(`${admin}/status`)).text()))
  writeFileSync(`${dir}/password`, 'another one')
  await until(() => bank.authorization.requests.length === 2, { what: 'the new set is being proved' })
  await sidecar.stop()
  for (const answer of await Promise.all(waiting))
    t.match(answer, {
      status: 502,
      json: { code: 'bank_connection_lost', requestSent: 'maybe', detail: /^the sidecar closed/ },
    })
  t.match(
    lines.find(({ event }) => event === 'drained'),
    { level: 'warn' },
  )
})
