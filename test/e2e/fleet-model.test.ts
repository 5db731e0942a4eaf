import { test } from 'tap'
import { startRespServer } from '../fleet/resp-server.ts'
import { startFleet, tokenCacheOf } from '../support/fleet.ts'
import { until } from '../support/until.ts'

// What needs no real Redis: how a sidecar tells of it.
test('sidecars share a token, tell how Redis is, and are ready without it', async (t) => {
  const redis = await startRespServer(t)
  const { bank, calls, sidecars, allConnected } = await startFleet(t, { redis, count: 3 })
  t.strictSame(await calls(), [200, 200, 200])
  t.equal(bank.authorization.requests.length, 1)
  const [first] = sidecars
  const admin = String(first?.admin)
  const event = (name: string) => first?.lines.find((line) => line['event'] === name)
  t.match(await tokenCacheOf(admin), {
    kind: 'redis',
    connected: true,
    lastError: null,
    since: /^\d{4}-.*Z$/,
  })
  t.match(await (await fetch(`${admin}/metrics`)).text(), /^bc_sidecar_token_cache_up 1$/m)
  t.match(event('token_cache_connected'), { level: 'info' })
  bank.revokeTokens()
  t.strictSame(await calls(), [200, 200, 200])
  t.equal(bank.authorization.requests.length, 2)
  await redis.close()
  await allConnected(false)
  t.match(await (await fetch(`${admin}/metrics`)).text(), /^bc_sidecar_token_cache_up 0$/m)
  await until(() => event('token_cache_lost'))
  t.match(event('token_cache_lost'), { level: 'warn', reason: String })
  t.equal((await fetch(`${admin}/readyz`)).status, 200)
  t.strictSame(await calls(), [200, 200, 200])
})
