import { chmodSync, rmSync, writeFileSync } from 'node:fs'
import { test } from 'tap'
import { credentialAdvice } from '../../src/cli/check/credential-advice.ts'
import { SidecarError } from '../../src/errors.ts'
import { createAuthority } from '../support/pki.ts'
import { findings, setUp } from './check-rig.ts'

/** An unprivileged user id. */
const nobody = 65_534
const offline = { offline: true }
const skippedHost = ['name resolution ok', 'tcp ok', 'tls skipped']
const noCalls = ['token skipped', 'clock skipped', 'api call skipped']
const skippedNetwork = [...skippedHost, ...skippedHost, ...noCalls]

test('missing files are all named, and the way to the bank is tried nevertheless', async (t) => {
  const { bank, env, directory } = await setUp(t)
  rmSync(`${directory}/client.pem`)
  rmSync(`${directory}/password`)
  const { status, trail, of } = await findings(t, { ...env, BC_APP_SECRET_FILE: `${directory}/app-secret` })
  t.equal(status, 1)
  t.strictSame(trail.slice(0, 4), [
    'configuration ok',
    'files failed',
    'certificate skipped',
    'dates skipped',
  ])
  t.strictSame(trail.slice(4), skippedNetwork)
  for (const name of ['client.pem', 'password', 'app-secret']) {
    t.match(of('files').cause, `${directory}/${name} does not exist`)
  }
  t.equal(of('files').cure, 'put it there, or correct the path')
  t.equal(bank.authorization.requests.length, 0, 'no token request is spent')
})

test('a directory in place of a file is named', async (t) => {
  const { env, directory } = await setUp(t)
  const { of } = await findings(t, { ...env, BC_CERTIFICATE_FILE: directory }, offline)
  t.match(of('files'), { outcome: 'failed', cause: `${directory} is a directory`, cure: 'name a file in it' })
})

test('a file that this user may not read is named', async (t) => {
  const { env, directory } = await setUp(t)
  chmodSync(`${directory}/client-key.pem`, 0)
  // Root may read everything.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(nobody)
  const checked = findings(t, env, offline).finally(() => isRoot && process.seteuid?.(0))
  t.match((await checked).of('files'), {
    outcome: 'failed',
    cause: /client-key\.pem may not be read by the user that this process runs as/,
    cure: /^change its owner, group or mode/,
  })
})

test('an empty password and a user name with a colon are named', async (t) => {
  const { env, directory } = await setUp(t)
  writeFileSync(`${directory}/password`, '\n')
  writeFileSync(`${directory}/username`, 'api-user:x')
  const { of } = await findings(t, env, offline)
  t.match(of('files').cause, /user name file .* has a colon in it.*; the password file .* is empty/)
})

test('files that every user may read are worth a warning', async (t) => {
  const { env, directory } = await setUp(t)
  const keys = ['client-key.pem', 'username', 'password'].map((name) => `${directory}/${name}`)
  for (const path of keys) chmodSync(path, 0o600)
  const appSecret = `${directory}/app-secret`
  writeFileSync(appSecret, 'for apps only')
  const all = { ...env, BC_APP_SECRET_FILE: appSecret }
  const { of } = await findings(t, all, offline)
  t.match(of('files'), { outcome: 'warning', found: '6 files read', cause: /app-secret$/ })
  t.notMatch(of('files').cause, 'client', 'a certificate without its key is public')
  t.match(of('certificate').found, /^PEM; /)
  chmodSync(appSecret, 0o600)
  t.equal((await findings(t, all, offline)).of('files').outcome, 'ok')
  for (const path of keys) chmodSync(path, 0o644)
  t.match((await findings(t, all, offline)).of('files').cause, /client-key\.pem, .*username, .*password$/)
})

test('certificate and key may be one file, and the login variables', async (t) => {
  const { env, directory, client } = await setUp(t)
  writeFileSync(`${directory}/both.pem`, client.certPem + client.keyPem)
  const files = ['BC_USERNAME_FILE', 'BC_PASSWORD_FILE', 'BC_CERTIFICATE_KEY_FILE', 'BC_CA_FILE']
  const urls = Object.fromEntries(Object.entries(env).filter(([name]) => !files.includes(name)))
  const login = { BC_USERNAME: 'api-user', BC_PASSWORD: 'pass wörd:1' }
  const { of } = await findings(
    t,
    { ...urls, ...login, BC_CERTIFICATE_FILE: `${directory}/both.pem` },
    offline,
  )
  t.match(of('files'), { found: '1 file read', cause: /both\.pem$/ })
})

test('a wrong passphrase is named', async (t) => {
  const { pfxEnv, directory } = await setUp(t)
  writeFileSync(`${directory}/passphrase`, 'wrong')
  const { trail, of } = await findings(t, pfxEnv)
  t.match(of('certificate').cause, /^the passphrase does not open the certificate file/)
  t.match(of('certificate').cure, /^give the passphrase that it was exported with/)
  t.strictSame(trail.slice(3), ['dates skipped', ...skippedNetwork])
})

test('a PFX that OpenSSL refuses is read, and named', async (t) => {
  const { pfxEnv, directory, client } = await setUp(t)
  writeFileSync(`${directory}/client.pfx`, client.pfx('open sesame 7', { encryption: 'rc2-40' }))
  const { status, of } = await findings(t, pfxEnv)
  t.equal(status, 0)
  t.match(of('certificate'), {
    outcome: 'warning',
    found: /RC2, which OpenSSL refuses/,
    cause: /AES-256/,
    cure: /nothing is urgent/,
  })
  t.equal(of('api call').outcome, 'ok')
})

test('a certificate with intermediates says how many are sent', async (t) => {
  const { pfxEnv, directory, authority } = await setUp(t)
  const client = await (await authority.intermediate()).client()
  writeFileSync(`${directory}/client.pfx`, client.pfx('open sesame 7'))
  const { of } = await findings(t, pfxEnv, offline)
  t.match(of('certificate').found, 'a chain of 2, CN=Test Client, from CN=Test Intermediate')
})

test('a key of another certificate is named', async (t) => {
  const { env, directory } = await setUp(t)
  const other = await (await createAuthority()).client()
  writeFileSync(`${directory}/client-key.pem`, other.keyPem)
  t.match((await findings(t, env, offline)).of('certificate').cause, /key/)
})

test('an expired certificate is named, with the clock that says so', async (t) => {
  const hourAgo = new Date(Date.now() - 3_600_000)
  const dayAgo = new Date(Date.now() - 86_400_000)
  const { bank, env } = await setUp(t, { client: { notBefore: dayAgo, notAfter: hourAgo } })
  const { trail, of } = await findings(t, env)
  t.match(of('dates').found, `this machine's clock says ${new Date().toISOString().slice(0, 13)}`)
  t.match(of('dates'), {
    cause: /has expired at .*, or the clock is off/,
    cure: /^ask the bank for a new one/,
  })
  t.strictSame(trail.slice(4), skippedNetwork)
  t.equal(bank.authorization.requests.length, 0)
})

test('a certificate that is not valid yet is named, with the clock that says so', async (t) => {
  const hourAhead = new Date(Date.now() + 3_600_000)
  const { bank, env } = await setUp(t, { client: { notBefore: hourAhead } })
  const { of } = await findings(t, env)
  t.match(of('dates').found, `this machine's clock says ${new Date().toISOString().slice(0, 13)}`)
  t.match(of('dates'), {
    outcome: 'failed',
    cause: /is not valid before .*, or the clock is off/,
    cure: /clock/,
  })
  t.equal(bank.authorization.requests.length, 0)
})

test('a certificate that expires soon is worth a warning', async (t) => {
  const { env } = await setUp(t, { client: { notAfter: new Date(Date.now() + 5.5 * 86_400_000) } })
  const { status, of } = await findings(t, env, offline)
  t.match(of('dates'), { outcome: 'warning', found: /5 days left/, cause: 'the certificate expires soon' })
  t.equal(status, 0)
})

test('a fault of another kind is no fault of the files', (t) => {
  const bug = new TypeError('bug')
  t.throws(() => credentialAdvice(bug), bug)
  const bare = new SidecarError('certificate_unusable', 'it is broken')
  t.strictSame(credentialAdvice(bare), { cause: 'it is broken', cure: 'mend the file' })
  t.end()
})
