import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { stringify } from 'yaml'
import { startApp } from '../support/app.ts'
import { startBank, type TestBank } from '../support/bank.ts'
import { createAuthority, type Issued } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

interface Place {
  readonly bank: TestBank
  readonly client: Issued
  readonly settings: Record<string, string>
}

/** A bank of its own, and the settings for it with relative paths. */
async function place(t: Test, name: string): Promise<Place> {
  const authority = await createAuthority({ name: `authority of ${name}` })
  const bank = await startBank(t, { authority, password: `password of ${name}` })
  const client = await authority.client({ name })
  writeCredentials(join(t.testdirName, name), { bank, authority, client })
  const settings = {
    baseUrl: bank.baseUrl,
    authorizationUrl: bank.authorizationUrl,
    usernameFile: `${name}/username`,
    passwordFile: `${name}/password`,
    certificateFile: `${name}/client.pem`,
    certificateKeyFile: `${name}/client-key.pem`,
    caFile: `${name}/ca.pem`,
    listen: '127.0.0.1:0',
  }
  return { bank, client, settings }
}

test('environments in one process keep to their own bank, token and certificate', async (t) => {
  mkdirSync(t.testdir(), { recursive: true })
  const [one, two] = [await place(t, 'one'), await place(t, 'two')]
  const config = join(t.testdirName, 'sidecar.yaml')
  const environments = { one: one.settings, two: { ...two.settings, allow: ['GET /api/v1/accounts'] } }
  writeFileSync(config, stringify({ adminListen: '127.0.0.1:1', logLevel: 'info', environments }))
  const program = startProgram(t, ['--config', config], {
    bundled: true,
    env: { BC_ADMIN_LISTEN: '127.0.0.1:0' },
  })
  const admin = await program.admin()
  await until(async () => (await fetch(`${admin}/startupz`)).ok)

  for (const [name, { bank, client }] of Object.entries({ one, two })) {
    const app = startApp(t, await program.apps(name))
    t.equal((await app.call({ path: '/api/v1/accounts' })).status, 200)
    t.equal(bank.issued.length, 1, 'one token request each')
    const { thumbprint } = client
    t.match(bank.api.requests, [{ url: '/api/v1/accounts', thumbprint, token: bank.issued[0]?.token }])
  }
  const limited = startApp(t, await program.apps('two'))
  const refused = await limited.call({ path: '/api/v1/payments/singles' })
  t.match(refused.json, { code: 'route_not_allowed', environment: 'two' })
  t.same([one.bank.api.requests.length, two.bank.api.requests.length], [1, 1])

  const status = (await (await fetch(`${admin}/status`)).json()) as { environments: object }
  const certificateOf = ({ client }: Place) => ({ certificate: { thumbprint: client.thumbprint } })
  t.match(status.environments, { one: certificateOf(one), two: certificateOf(two) })

  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
  for (const { bank } of [one, two]) t.notMatch(program.stdout(), bank.password)
})
