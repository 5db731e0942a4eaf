import { chmodSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { ConfigurationError } from '../../src/config/fault.ts'
import { findings, run, setUp } from './check-rig.ts'

test('a sound set-up passes every step, with one token request and one call', async (t) => {
  const { bank, pfxEnv, client, directory } = await setUp(t)
  for (const name of ['client.pfx', 'passphrase', 'username', 'password'])
    chmodSync(`${directory}/${name}`, 0o600)
  const { status, trail, of } = await findings(t, pfxEnv)
  const host = ['name resolution ok', 'tcp ok', 'tls ok']
  const calls = ['token ok', 'clock ok', 'api call ok']
  const local = ['configuration ok', 'files ok', 'certificate ok', 'dates ok']
  t.strictSame(trail, [...local, ...host, ...host, ...calls])
  t.equal(status, 0)
  t.match(
    of('certificate').found,
    new RegExp(`PFX; EC P-256.*CN=Test Client.*CN=Test Root.*${client.thumbprint}`),
  )
  t.match(
    of('tls').found,
    'localhost speaks TLSv1.3 with a trusted certificate from CN=Test Root, asks for ours',
  )
  t.match(of('token').found, 'user and password are right: a token for 300 s, for this certificate')
  t.equal(bank.authorization.requests.length, 1)
  t.strictSame(
    bank.api.requests.map(({ method, url }) => `${method} ${url}`),
    ['GET /api/v1/accounts?PageSize=1'],
  )
})

test('a person gets one line for each step and a last one to sum up', async (t) => {
  const { env } = await setUp(t)
  const { status, output } = await run(t, env)
  const lines = output.trimEnd().split('\n')
  t.equal(status, 0)
  t.equal(lines.length, 14)
  t.match(lines[0], /^ok {7}test {2}configuration: API at https:\/\/localhost:/)
  t.match(lines[1], /^warning {2}test {2}files: 5 files read\. Likely cause: every user .*Cure: chmod 640/)
  t.equal(lines.at(-1), 'Nothing failed; to look at: files.')
  t.notMatch(output, '\u001b', 'no colour where nobody looks')
})

test('colour is for terminals, unless NO_COLOR says otherwise', async (t) => {
  const { env } = await setUp(t)
  const given = { offline: true, tty: true }
  t.match((await run(t, env, given)).output, '\u001b[32mok     \u001b[39m')
  t.match((await run(t, { ...env, NO_COLOR: '' }, given)).output, '\u001b[32m')
  t.notMatch((await run(t, { ...env, NO_COLOR: '1' }, given)).output, '\u001b')
})

test('--offline stops before the network', async (t) => {
  const { bank, env } = await setUp(t)
  const { status, trail } = await findings(t, env, { offline: true })
  t.equal(status, 0)
  t.equal(trail.at(-1), 'network skipped')
  t.equal(trail.length, 5)
  t.equal(bank.authorization.connections.length + bank.api.connections.length, 0)
})

test('a file with several environments has each of them checked', async (t) => {
  const { env, directory } = await setUp(t)
  const environment = (name: string, port: number): string => `
  ${name}:
    baseUrl: ${env['BC_BASE_URL']}
    authorizationUrl: ${env['BC_AUTHORIZATION_URL']}
    usernameFile: username
    passwordFile: password
    certificateFile: client.pem
    certificateKeyFile: client-key.pem
    caFile: ca.pem
    listen: 127.0.0.1:${port}`
  const config = `${directory}/sidecar.yaml`
  writeFileSync(config, `environments:${environment('one', 8081)}${environment('two', 8082)}\n`)
  const { status, results } = await findings(t, {}, { config })
  t.equal(status, 0)
  t.strictSame([...new Set(results.map((result) => result.environment))], ['one', 'two'])
  t.equal(results.length, 26)
})

test('a faulty configuration is left to the command line', async (t) => {
  const { env } = await setUp(t)
  await t.rejects(run(t, { ...env, BC_CERTIFICATE_FIEL: 'x' }), ConfigurationError)
})

test('what failed is counted, and the exit status says so', async (t) => {
  const { env } = await setUp(t)
  const { status, output } = await run(t, { ...env, BC_CERTIFICATE_FILE: '/nowhere.pfx' }, { offline: true })
  t.equal(status, 1)
  t.match(
    output,
    /failed {3}test {2}files: .*Likely cause: .*\/nowhere\.pfx does not exist\. Cure: put it there/,
  )
  t.match(output, /\nFailed: files\.\n$/)
})
