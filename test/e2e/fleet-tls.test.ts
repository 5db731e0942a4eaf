import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { startBank } from '../support/bank.ts'
import { tokenCacheOf } from '../support/fleet.ts'
import { anyAuthority } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false
const fleetPage = readFileSync(new URL('../../docs/fleet.md', import.meta.url), 'utf8')

test('over TLS, as a user with just the rights that the documentation names', { skip }, async (t) => {
  const authority = await anyAuthority()
  const { chainPem, keyPem } = await authority.server()
  const files = t.testdir({ 'ca.pem': authority.caPem, 'cert.pem': chainPem, 'key.pem': keyPem })
  const file = (name: string) => join(files, name)
  const tls = ['--tls-port', '0', '--tls-cert-file', file('cert.pem'), '--tls-key-file', file('key.pem')]
  const redis = await startRedis(t, [
    ...tls,
    '--tls-ca-cert-file',
    file('ca.pem'),
    '--tls-auth-clients',
    'no',
  ])
  const rule = /^ACL SETUSER .*$/m.exec(fleetPage)?.[0] ?? ''
  await redis.command(...rule.split(' '))
  await redis.command('CONFIG', 'SET', 'tls-port', String(redis.tlsPort))

  const bank = await startBank(t, { authority })
  const client = await authority.client()
  const credentials = writeCredentials(t.testdirName, { bank, authority, client })
  const url = `rediss://bc-sidecar:a-password@localhost:${redis.tlsPort}/0`
  const start = (env: Record<string, string>) =>
    startProgram(t, ['run'], { bundled: true, env: { ...credentials, BC_TOKEN_CACHE: url, ...env } })

  for (const what of ['asks', 'takes']) {
    // A program that is slow to start would give up the connection, and ask the bank by itself.
    const trusting = start({ NODE_EXTRA_CA_CERTS: file('ca.pem'), BC_TOKEN_AT_START: 'never' })
    t.ok(await trusting.event('token_cache_connected'), what)
    t.equal((await fetch(`${await trusting.apps()}/a`)).status, 200)
    await until(async () => (await redis.tokens()).length > 0)
  }
  t.equal(bank.authorization.requests.length, 1)

  const strict = start({})
  await strict.event('token_cache_lost')
  const admin = await strict.admin()
  const isNotTrusted = async () => /CERT|SELF_SIGNED/.test(String((await tokenCacheOf(admin)).lastError))
  await until(isNotTrusted, { what: 'a server that nobody vouches for is not trusted' })
  await strict.event('token_renewed')
  t.equal(bank.authorization.requests.length, 2)
})
