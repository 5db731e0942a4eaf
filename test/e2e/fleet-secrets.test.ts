import { test } from 'tap'
import { startFleet } from '../support/fleet.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false

test('whoever reads Redis learns nothing', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, client, calls } = await startFleet(t, { redis, count: 2 })
  await calls()
  const [issued] = bank.issued
  await until(async () => (await redis.tokens()).length > 0)
  const dump = await redis.dump()
  for (const [key, { value, lifeMs }] of dump) {
    t.ok(lifeMs > 0 && lifeMs <= 300_000, `${key} expires`)
    const texts = [key, value, Buffer.from(value, 'base64url').toString('latin1')]
    // Its parts, so that none is short enough to be there by chance: what is stored looks random.
    const parts = String(issued?.token).split('.')
    const secrets = [...parts, bank.username, bank.password, client.thumbprint, 'localhost']
    for (const secret of secrets)
      t.notOk(
        texts.some((text) => text.includes(secret)),
        `${key} tells no secret`,
      )
  }
})

test('what was forged, truncated, copied or made another type is replaced, never used', {
  skip,
}, async (t) => {
  const redis = await startRedis(t)
  const { bank, calls, join } = await startFleet(t, { redis, count: 1 })
  await calls()
  const find = (dump: Map<string, unknown>, word: string) =>
    [...dump.keys()].find((key) => key.includes(word))
  await until(async () => (await redis.tokens()).length > 0)
  const dump = await redis.dump()
  const key = String(find(dump, ':token:'))
  const pace = String(find(dump, ':pace:'))
  const good = String(dump.get(key)?.value)
  const flipped = Buffer.from(good.slice(2), 'base64url')
  flipped[40] = Number(flipped[40]) ^ 1
  const forgeries: (() => Promise<unknown>)[] = [
    () => redis.command('SET', key, '{"value":"hunter2","lifetimeMs":300000,"issuedAt":1}'),
    () => redis.command('SET', key, good.slice(0, -5)),
    () => redis.command('SET', key, good.slice(0, 10)),
    () => redis.command('SET', key, `1.${flipped.toString('base64url')}`),
    () => redis.command('SET', key, String(dump.get(pace)?.value)),
    async () => {
      await redis.command('DEL', key, pace)
      await redis.command('LPUSH', key, 'x')
      await redis.command('SADD', pace, 'x')
    },
  ]
  for (const forge of forgeries) {
    await redis.command('DEL', pace)
    await forge()
    const asked = bank.authorization.requests.length
    const { apps, sidecar } = await join()
    t.equal((await fetch(`${apps}/a`)).status, 200)
    t.equal(bank.authorization.requests.length, asked + 1)
    await sidecar.stop()
    const next = await join()
    t.equal((await fetch(`${next.apps}/a`)).status, 200)
    t.equal(bank.authorization.requests.length, asked + 1, 'and what replaced it is shared')
    await next.sidecar.stop()
  }
})
