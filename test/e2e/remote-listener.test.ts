import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string>) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const remote = { BC_LISTEN: '0.0.0.0:0', BC_ALLOW_REMOTE: 'true' }
  const running = await startTestSidecar(t, { bank, authority, env: { ...remote, ...env } })
  const apps = running.apps.replace('0.0.0.0', '127.0.0.1')
  return { ...running, bank, app: startApp(t, apps), operator: startApp(t, running.admin) }
}

async function warnings({ operator }: Awaited<ReturnType<typeof start>>): Promise<unknown> {
  const { environments } = (await operator.call({ path: '/status' })).json
  return (environments as Record<string, { warnings: unknown }>)['test']?.warnings
}

test('to be open to other machines without a secret is warned about, at the start and in the status', async (t) => {
  const running = await start(t, {})
  t.match(
    running.lines.filter(({ event }) => event === 'warning'),
    [{ level: 'warn', environment: 'test', msg: /BC_APP_SECRET_FILE/ }],
  )
  t.match(await warnings(running), [/BC_APP_SECRET_FILE/])
  t.equal((await running.app.call({ path: '/api/v1/accounts' })).status, 200)
})

test('with a secret, only apps that show it get through, and the bank never sees it', async (t) => {
  const file = join(t.testdir({ secret: 'sesame one\n' }), 'secret')
  const running = await start(t, { BC_APP_SECRET_FILE: file, BC_LOG_LEVEL: 'trace' })
  const { app, operator, bank, lines } = running
  const show = (secret?: string | string[]) =>
    app.call({
      path: '/api/v1/accounts',
      headers: secret === undefined ? {} : { 'bc-sidecar-secret': secret },
    })

  for (const wrong of [undefined, '', 'sesame', 'sesame one ?', 'SESAME ONE', ['sesame one', 'sesame one']])
    t.match(await show(wrong), { status: 403, json: { code: 'app_not_authenticated', requestSent: 'no' } })
  const login = await app.call({ path: '/api/v1/authorizations/authorize' })
  t.equal(login.status, 403, 'the placeholder is for apps, too')
  t.equal(bank.api.requests.length, 0)
  t.equal((await show('sesame one')).status, 200)

  writeFileSync(`${file}.new`, 'sesame two')
  renameSync(`${file}.new`, file)
  await until(async () => (await show('sesame two')).status === 200)
  t.equal((await show('sesame one')).status, 200, 'the one before is still good')

  t.equal((await operator.call({ path: '/readyz' })).status, 200, 'operators need none')
  t.same(await warnings(running), [])
  t.equal(lines.filter(({ event }) => event === 'warning').length, 0)
  for (const { rawHeaders } of bank.api.requests) t.notMatch(rawHeaders.join(' '), /secret|sesame/i)
  t.notMatch(JSON.stringify(lines), 'sesame')
})
