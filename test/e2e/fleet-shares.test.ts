import { writeFileSync } from 'node:fs'
import { test } from 'tap'
import { startFleet } from '../support/fleet.ts'
import { startProgram } from '../support/program.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false

test('eight sidecars cost one token request', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, calls, sidecars } = await startFleet(t, { redis, count: 8 })
  t.ok((await calls()).every((status) => status === 200))
  t.equal(bank.authorization.requests.length, 1)
  const texts = await Promise.all(sidecars.map(async ({ admin }) => (await fetch(`${admin}/metrics`)).text()))
  t.ok(texts.every((text) => text.includes('bc_sidecar_token_cache_up 1')))
  const taken = /token_cache_operations_total\{environment="test",result="(\w+)"\} 1$/gm
  const results = texts.flatMap((text) => [...text.matchAll(taken)].map(([, result]) => result))
  t.equal(results.filter((result) => result === 'lease').length, 1)
})

test('over several lifetimes, and in a fleet at work, each token costs one request', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, load } = await startFleet(t, { redis, count: 4, tokenLifeSeconds: 4 })
  const stop = load()
  await until(() => bank.issued.length >= 5)
  t.strictSame([...(await stop()).keys()], [200])
  // Had two sidecars asked for a token, each would have used its own.
  for (const { token } of bank.issued.slice(0, -1)) {
    const calls = bank.api.requests.filter((request) => request.token === token)
    t.equal(new Set(calls.map(({ connection }) => connection.id)).size, 4, 'all have used it')
  }
})

test('PFX and PEM of one certificate share a token; two certificates never do', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, authority, client, sidecars, calls, join } = await startFleet(t, { redis, count: 1 })
  await calls()
  const pfx = `${sidecars[0]?.dir}/client.pfx`
  writeFileSync(pfx, client.pfx('passphrase'))
  const env = writeCredentials(t.testdir(), { bank, authority, client })
  delete env['BC_CERTIFICATE_KEY_FILE']
  const changed = {
    BC_TOKEN_CACHE: redis.url,
    BC_CERTIFICATE_FILE: pfx,
    BC_CERTIFICATE_PASSPHRASE: 'passphrase',
    BC_TOKEN_AT_START: 'never',
  }
  const program = startProgram(t, ['run'], { bundled: true, env: { ...env, ...changed } })
  await program.event('token_cache_connected')
  t.equal((await fetch(`${await program.apps()}/a`)).status, 200)
  t.equal(bank.authorization.requests.length, 1)

  const other = await authority.client({ name: 'other' })
  await join({ client: other })
  t.strictSame(
    bank.issued.map(({ thumbprint }) => thumbprint),
    [client.thumbprint, other.thumbprint],
  )
  await until(async () => (await redis.tokens()).length === 2)
})

test('when the asking sidecar is killed, another one asks, and its request is answered', {
  skip,
}, async (t) => {
  const redis = await startRedis(t)
  const { bank, authority, client, join } = await startFleet(t, { redis, count: 0 })
  const env = { ...writeCredentials(t.testdir(), { bank, authority, client }), BC_TOKEN_CACHE: redis.url }
  const plain = bank.authorization.handler
  bank.authorization.handler = () => {}
  const asking = startProgram(t, ['run'], { bundled: true, env })
  await until(() => bank.authorization.requests.length === 1)
  const waiting = await join({ ready: false })
  const answer = fetch(`${waiting.apps}/a`)
  await until(async () => /"inFlight":1\b/.test(await (await fetch(`${waiting.admin}/status`)).text()))
  t.equal(bank.authorization.requests.length, 1)
  bank.authorization.handler = plain
  asking.signal('SIGKILL')
  t.equal((await answer).status, 200)
  t.equal(bank.authorization.requests.length, 2)
})
