import { test } from 'tap'
import { respond } from '../support/bank.ts'
import { startFleet } from '../support/fleet.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false

test('a token that the bank refuses is replaced once for all', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, calls } = await startFleet(t, { redis, count: 4 })
  t.strictSame(await calls(), [200, 200, 200, 200])
  bank.revokeTokens()
  t.strictSame(await calls(), [200, 200, 200, 200])
  t.strictSame(await calls(), [200, 200, 200, 200])
  t.equal(bank.authorization.requests.length, 2)
})

test('what one sidecar hears with 429 all hold to', { skip }, async (t) => {
  const redis = await startRedis(t)
  const { bank, calls } = await startFleet(t, {
    redis,
    count: 3,
    ready: false,
    env: { BC_TOKEN_AT_START: 'never' },
  })
  bank.authorization.handler = ({ response }) => {
    response.setHeader('retry-after', '86400')
    respond(response, 429, {})
  }
  t.strictSame(await calls(), [503, 503, 503])
  t.strictSame(await calls(), [503, 503, 503])
  t.equal(bank.authorization.requests.length, 1)
})

test('the budget is one for the whole fleet', { skip }, async (t) => {
  const redis = await startRedis(t)
  const fleet = await startFleet(t, { redis, count: 0, env: { BC_TOKEN_REQUESTS_PER_MINUTE: '2' } })
  const { bank, join } = fleet
  for (let started = 0; started < 2; started++) {
    await join()
    bank.revokeTokens()
    await until(async () => (await redis.tokens()).length > 0)
    await redis.command('DEL', ...(await redis.tokens()))
  }
  const { apps } = await join({ ready: false })
  const answer = await fetch(`${apps}/a`)
  t.equal(answer.status, 503)
  t.match(await answer.text(), 'spent by all sidecars together')
  t.equal(bank.authorization.requests.length, 2)
})
