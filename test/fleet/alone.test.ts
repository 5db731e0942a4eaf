import { test } from 'tap'
import { createManualClock } from '../token/clock.ts'
import { failure } from '../token/rig.ts'
import { createModelBank, startModelSidecar } from './fleet-rig.ts'
import { createModelRedis } from './model-redis.ts'

async function startWorld(count: number) {
  const clock = createManualClock(Math.random)
  const redis = createModelRedis(clock)
  redis.latencyMs = 1
  const bank = createModelBank()
  const sidecars = Array.from({ length: count }, () => startModelSidecar({ clock, redis, bank }))
  for (const { holder } of sidecars) holder.start('now')
  await clock.advance(2_000)
  const missing = (): number => sidecars.filter(({ holder }) => holder.peek() === undefined).length
  /** Seconds pass in which the tokens are in use; how many sidecars had none, in all. */
  const pass = async (seconds: number): Promise<number> => {
    let missed = 0
    for (let second = 0; second < seconds; second++) {
      await clock.advance(1_000)
      missed += missing()
    }
    return missed
  }
  return { clock, redis, bank, sidecars, pass }
}

test('Redis away just when the token is renewed: whose token still holds waits for it, with time left to ask alone', async (t) => {
  const { redis, bank, sidecars, pass } = await startWorld(40)
  t.equal(await pass(264), 0)
  t.equal(bank.requests.length, 1)
  redis.mood = 'hanging'
  t.equal(await pass(8), 0)
  redis.values.clear()
  redis.mood = 'fine'
  redis.cut()
  t.equal(await pass(60), 0)
  t.ok(bank.requests.length <= 5, `${bank.requests.length} token requests`)
  redis.mood = 'dead'
  redis.cut()
  const before = bank.requests.length
  t.equal(await pass(290), 0, 'nobody misses a token when it stays away')
  t.equal(bank.requests.length - before, sidecars.length)
})

test('who waits for Redis with a token that holds asks at once when a request needs another', async (t) => {
  const { clock, redis, bank, sidecars, pass } = await startWorld(1)
  await pass(264)
  redis.mood = 'dead'
  redis.cut()
  await clock.advance(11_000)
  t.equal(bank.requests.length, 1, 'it has begun to look for the next token, and waits')
  const [sidecar] = sidecars
  const token = sidecar?.holder.peek()
  t.equal(sidecar?.holder.status().state, 'renewing')
  const replaced = sidecar?.holder.replacement(token as never)
  await clock.advance(200)
  t.match(await replaced, { authorization: 'Bearer token-2' })
})

test('a bank that does not answer one sidecar is a failure for all: nobody asks at once', async (t) => {
  const { clock, redis } = await startWorld(0)
  const bank = createModelBank()
  bank.delayMs = 60_000
  const start = () => startModelSidecar({ clock, redis, bank, tokenTimeoutMs: 4_000 })
  const waiting = [start(), start()].map(({ holder }) => failure(holder.get()))
  await clock.advance(4_400)
  await Promise.all(waiting)
  const late = failure(start().holder.get())
  await clock.advance(50)
  t.match(await late, { message: /another sidecar .* in vain/ })
  t.equal(bank.requests.length, 1)
})

test('a sidecar that ends while the bank is slow says nothing about the bank: another one asks', async (t) => {
  const { clock, redis, bank } = await startWorld(0)
  bank.delayMs = 60_000
  const ending = startModelSidecar({ clock, redis, bank })
  const unanswered = failure(ending.holder.get())
  await clock.advance(6_000)
  t.equal(bank.requests.length, 1)
  const next = startModelSidecar({ clock, redis, bank }).holder.get()
  await clock.advance(200)
  bank.delayMs = 100
  ending.source.close()
  await unanswered
  await clock.advance(2_000)
  t.match(await next, { authorization: 'Bearer token-2' })
})

for (const [status, leastMs] of [
  [429, 60_000],
  [401, 30_000],
] as const)
  test(`a ${status} that was heard without Redis is waited out, though Redis comes back empty`, async (t) => {
    const { clock, redis } = await startWorld(0)
    const bank = createModelBank()
    bank.answer = () => ({ status, headers: { 'retry-after': '60' } })
    redis.mood = 'dead'
    const { holder } = startModelSidecar({ clock, redis, bank })
    holder.start('now')
    await clock.advance(1_000)
    t.equal(bank.requests.length, 1)
    redis.mood = 'fine'
    for (let waited = 1_000; waited < leastMs; waited += 1_000) {
      await failure(holder.get())
      await clock.advance(1_000)
    }
    t.equal(bank.requests.length, 1)
  })
