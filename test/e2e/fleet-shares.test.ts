import { test } from 'tap'
import { startApp } from '../support/app.ts'
import { startBank } from '../support/bank.ts'
import { createAuthority } from '../support/pki.ts'
import { redisMissing, startRedis } from '../support/redis.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

const skip = redisMissing ?? false

test('eight sidecars cost one token request', { skip }, async (t) => {
  const redis = await startRedis(t)
  const authority = await createAuthority()
  const bank = await startBank(t, { authority })
  const client = await authority.client()
  const options = { bank, authority, client, env: { BC_TOKEN_CACHE: redis.url } }
  const started = await Promise.all(Array.from({ length: 8 }, () => startTestSidecar(t, options)))
  const answers = started.map(({ apps }) => startApp(t, apps).call({ path: '/a' }))
  t.ok((await Promise.all(answers)).every(({ status }) => status === 200))
  t.equal(bank.authorization.requests.length, 1)
  await until(async () => (await redis.dump()).size === 2)
  const dump = await redis.dump()
  t.ok([...dump.values()].every(({ lifeMs }) => lifeMs > 0 && lifeMs <= 300_000))
})
