import { test } from 'tap'
import { startFleet, tokenCacheOf } from '../support/fleet.ts'
import { redisMissing, startRedis, type TestRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false

/** How Redis is broken, and mended again. */
const breakdowns: Record<string, [(redis: TestRedis) => unknown, (redis: TestRedis) => unknown, RegExp]> = {
  killed: [(redis) => redis.kill(), (redis) => redis.revive(), /refused|lost/],
  frozen: [(redis) => redis.freeze(), (redis) => redis.thaw(), /no answer in time/],
  'made a replica': [
    (redis) => redis.command('REPLICAOF', '127.0.0.1', '1'),
    (redis) => redis.command('REPLICAOF', 'NO', 'ONE'),
    /replica/,
  ],
  full: [
    (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '1'),
    (redis) => redis.command('CONFIG', 'SET', 'maxmemory', '0'),
    /memory is full/,
  ],
}

for (const [name, [breakDown, mend, reason]] of Object.entries(breakdowns)) {
  test(`Redis is ${name} and mended under load: no request fails`, { skip }, async (t) => {
    const redis = await startRedis(t)
    const env = { BC_TOKEN_REQUESTS_PER_MINUTE: '60' }
    const fleet = await startFleet(t, { redis, count: 3, tokenLifeSeconds: 4, env, impatient: true })
    const { bank, sidecars, load, allConnected } = fleet
    const stop = load()
    await breakDown(redis)
    await allConnected(false)
    const asked = bank.issued.length
    await until(() => bank.issued.length >= asked + 3)
    const [first] = sidecars
    t.match((await tokenCacheOf(String(first?.admin))).lastError, reason)
    t.equal((await fetch(`${first?.admin}/readyz`)).status, 200)
    await mend(redis)
    await allConnected(true)
    await until(async () => (await redis.tokens()).length > 0)
    t.strictSame([...(await stop()).keys()], [200])
    for (const event of ['token_cache_lost', 'token_cache_connected'])
      t.ok(first?.lines.some((line) => line['event'] === event))
  })
}

test('Redis is dead at the start: each sidecar asks by itself, and shares its token later', {
  skip,
}, async (t) => {
  const redis = await startRedis(t)
  await redis.kill()
  const { bank, calls, allConnected, join } = await startFleet(t, { redis, count: 2 })
  t.strictSame(await calls(), [200, 200])
  t.equal(bank.authorization.requests.length, 2)
  await redis.revive()
  await allConnected(true)
  await until(async () => (await redis.tokens()).length > 0)
  await join()
  t.equal(bank.authorization.requests.length, 2, 'what they had meanwhile is shared')
})

test('a wrong password is told without being shown, and changes nothing for requests', {
  skip,
}, async (t) => {
  const redis = await startRedis(t)
  await redis.command('CONFIG', 'SET', 'requirepass', 'the-right-one')
  const url = redis.url.replace('//', '//:hunter2@')
  const { calls, sidecars } = await startFleet(t, { redis: { url }, count: 2 })
  t.strictSame(await calls(), [200, 200])
  const [first] = sidecars
  const { connected, lastError } = await tokenCacheOf(String(first?.admin))
  t.strictSame({ connected, lastError }, { connected: false, lastError: 'user or password is wrong' })
  t.notMatch(JSON.stringify(first?.lines), 'hunter2')
})
