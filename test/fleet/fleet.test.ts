import { test } from 'tap'
import { createManualClock } from '../token/clock.ts'
import { failure, jwt } from '../token/rig.ts'
import { createModelBank, startModelSidecar } from './fleet-rig.ts'
import { createModelRedis } from './model-redis.ts'

function createWorld(options: { random?: () => number } = {}) {
  const clock = createManualClock(options.random ?? (() => 0.5))
  const redis = createModelRedis(clock)
  redis.latencyMs = 1
  const bank = createModelBank()
  const start = (more: Partial<Parameters<typeof startModelSidecar>[0]> = {}) =>
    startModelSidecar({ clock, redis, bank, ...more })
  return { clock, redis, bank, start }
}

test('many that start at once cost one token request, and one for each lifetime', async (t) => {
  const { clock, bank, start } = createWorld({ random: Math.random })
  const sidecars = Array.from({ length: 8 }, () => start())
  for (const { holder } of sidecars) holder.start('now')
  await clock.advance(5_000)
  t.equal(new Set(sidecars.map(({ holder }) => holder.peek()?.authorization)).size, 1)
  t.equal(bank.requests.length, 1)
  for (let second = 0; second < 1_500; second++) {
    await clock.advance(1_000)
    for (const { holder } of sidecars) if (holder.peek() === undefined) t.fail('a token is missing')
  }
  t.ok(bank.requests.length <= 7, `${bank.requests.length} requests in 25 minutes`)
  await Promise.all(sidecars.map(({ stop }) => stop()))
})

test('those who wait get the token of the one who asks; with other credentials they do not meet', async (t) => {
  const { clock, bank, start } = createWorld()
  const [one, two, other] = [start(), start(), start({ password: 'other' })]
  const got = [one, two, other].map(({ holder }) => holder.get())
  await clock.advance(2_000)
  const [first, second, third] = await Promise.all(got)
  t.equal(first?.authorization, second?.authorization)
  t.not(first?.authorization, third?.authorization)
  t.equal(bank.requests.length, 2)
})

test('an owner that dies is followed by another within seconds', async (t) => {
  const { clock, bank, redis, start } = createWorld()
  const dying = start()
  bank.delayMs = 60_000
  dying.holder.start('now')
  await clock.advance(2_500)
  const got = start().holder.get()
  await clock.advance(500)
  t.equal(bank.requests.length, 1, 'its lease is kept while it lives')
  bank.delayMs = 100
  const { mood } = redis
  dying.source.close = () => {}
  // A process that is gone writes no more: not even that its lease is over.
  redis.cut()
  redis.mood = 'dead'
  await clock.advance(100)
  redis.mood = mood
  await clock.advance(20_000)
  t.match(await got, { authorization: /^Bearer token-/ })
})

test('a failed request holds for all, for as long as its kind asks for', async (t) => {
  const { clock, bank, start } = createWorld()
  bank.answer = () => ({ status: 429, headers: { 'retry-after': '40' } })
  const [one, two] = [start(), start()]
  const first = failure(one.holder.get())
  await clock.advance(1_000)
  t.match(await first, { code: 'token_throttled' })
  const second = failure(two.holder.get())
  await clock.advance(1_000)
  t.match(await second, { code: 'token_throttled', message: /another sidecar/, retryAfterSeconds: Number })
  t.equal(bank.requests.length, 1)
})

test('a bank that asks for a day is not asked before by a sidecar that starts later', async (t) => {
  const { clock, bank, start } = createWorld({ random: () => 0.999 })
  bank.answer = (request) =>
    request === 1
      ? { status: 429, headers: { 'retry-after': '86400' } }
      : { status: 200, token: `token-${request}` }
  const first = start()
  const throttled = failure(first.holder.get())
  await clock.advance(1_000)
  t.match(await throttled, { code: 'token_throttled' })
  await first.stop()
  await clock.advance(20 * 3_600_000)
  const { holder } = start()
  const paused = failure(holder.get())
  await clock.advance(1_000)
  const { code, retryAfterSeconds } = await paused
  t.equal(code, 'token_throttled')
  t.ok(Number(retryAfterSeconds) > 4 * 3600 - 10 && Number(retryAfterSeconds) < 5 * 3600)
  t.equal(bank.requests.length, 1)
  void holder.get().catch(() => {})
  await clock.advance(5 * 3_600_000)
  t.equal(bank.requests.length, 2)
})

test('credentials are refused for all once two sidecars have heard so', async (t) => {
  const { clock, bank, start } = createWorld()
  bank.answer = () => ({ status: 401 })
  const codes: unknown[] = []
  const sidecars = Array.from({ length: 4 }, () => start())
  for (const { holder } of sidecars) {
    const failed = failure(holder.get())
    await clock.advance(2_000)
    codes.push((await failed)['message'])
  }
  for (const { holder } of sidecars) holder.retry()
  await clock.advance(2_000)
  t.equal(bank.requests.length, 2, 'also when they are told to try again')
  t.match(codes[2], /refused them/)
  t.match(codes[3], /refused them/)
})

test('a bank that fails is asked at the pace of one, and its budget is the fleet’s', async (t) => {
  const { clock, bank, start } = createWorld({ random: Math.random })
  bank.answer = () => ({ status: 500 })
  const sidecars = Array.from({ length: 5 }, () => start())
  for (let second = 0; second < 180; second++) {
    for (const { holder } of sidecars) holder.get().catch(() => {})
    await clock.advance(1_000)
  }
  for (const from of bank.requests)
    t.ok(bank.requests.filter((at) => at >= from && at < from + 60_000).length <= 6)
  const failed = failure(start({ requestsPerMinute: 1 }).holder.get())
  await clock.advance(1_000)
  t.match(await failed, { code: 'token_unavailable' })
  bank.answer = (request) => ({ status: 200, token: `token-${request}` })
  await clock.advance(90_000)
  const got = sidecars.map(({ holder }) => holder.get())
  await clock.advance(5_000)
  t.equal(new Set((await Promise.all(got)).map(({ authorization }) => authorization)).size, 1)
})

test('a refused token is replaced once for all', async (t) => {
  const { clock, bank, start } = createWorld()
  const sidecars = [start(), start(), start()]
  const got = sidecars.map(({ holder }) => holder.get())
  await clock.advance(1_000)
  const tokens = await Promise.all(got)
  const replaced = sidecars.map(({ holder }, index) => holder.replacement(tokens[index] as never))
  await clock.advance(2_000)
  t.equal(new Set((await Promise.all(replaced)).map(({ authorization }) => authorization)).size, 1)
  t.equal(bank.requests.length, 2)
  const late = start().holder.get()
  await clock.advance(1_000)
  t.equal((await late).authorization, 'Bearer token-2')
})

for (const [speed, delayMs] of [
  ['quickly', 1_000],
  ['slowly', 9_000],
] as const)
  test(`a bank that ${speed} gives its token again is asked for another when that one has ended`, async (t) => {
    const { clock, bank, start } = createWorld({ random: Math.random })
    bank.delayMs = delayMs
    let endsAt = Number.NEGATIVE_INFINITY
    let count = 0
    // Issued some time after the request was sent, and no longer after that in one request than in another.
    bank.answer = () => {
      const at = clock.now() + 0.9 * delayMs * Math.random()
      if (at >= endsAt) {
        endsAt = at + 300_000
        count++
      }
      return { status: 200, token: jwt({ iat: 300 * count, exp: 300 * (count + 1) }) }
    }
    const sidecars = Array.from({ length: 5 }, () => start())
    for (let second = 0; second < 900; second++) {
      if (second === 310) sidecars.push(start())
      for (const { holder } of sidecars) if (holder.peek() === undefined) holder.get().catch(() => {})
      await clock.advance(1_000)
      const late = sidecars.filter(({ holder }) => holder.peek() && clock.now() >= endsAt - 2_000)
      if (late.length > 0) t.fail(`a token is taken for younger than it is, ${clock.now() - endsAt} ms`)
    }
    t.ok(bank.requests.length <= 12, `${bank.requests.length} requests for ${count} tokens`)
  })

for (const [outage, wipe] of [
  ['comes back in its last part', false],
  ['comes back empty', true],
] as const)
  test(`a token that the bank gives again keeps its age while Redis is lost and ${outage}`, async (t) => {
    const { clock, redis, bank, start } = createWorld({ random: Math.random })
    const ends: number[] = []
    const tokens = [0, 1, 2].map((index) => jwt({ iat: 300 * index, exp: 300 * (index + 1) }))
    bank.answer = () => {
      if (clock.now() >= Number(ends.at(-1) ?? 0)) ends.push(clock.now() + 300_000)
      return { status: 200, token: String(tokens[ends.length - 1]) }
    }
    const endOf = (authorization: string) => ends[tokens.indexOf(authorization.slice('Bearer '.length))]
    const sidecars = Array.from({ length: 3 }, () => start())
    for (let second = 0; second < 580; second++) {
      if (second === 200) redis.mood = 'dead'
      if (second === 200 && wipe) redis.values.clear()
      if (second === (wipe ? 285 : 297)) redis.mood = 'fine'
      if (second === 290 && wipe) sidecars.push(start())
      const held = sidecars.map(({ holder }) => holder.peek()?.authorization)
      if (held.some((token) => token && clock.now() >= Number(endOf(token)) - 2_000)) t.fail('it has ended')
      if (second > 310 && held.includes(undefined)) t.fail(`no token after ${second} s`)
      for (const { holder } of sidecars) holder.get().catch(() => {})
      await clock.advance(1_000)
    }
    t.equal(ends.length, 2)
  })

for (const [kind, token, most] of [
  ['an opaque token', 'same', { without: 0, requests: 8 }],
  ['a token', jwt({ iat: 0, exp: 300 }), { without: 1000, requests: 40 }],
] as const)
  test(`${kind} that the bank gives for ever is handed on anew`, async (t) => {
    const { clock, bank, start } = createWorld({ random: Math.random })
    bank.answer = () => ({ status: 200, token })
    const sidecars = Array.from({ length: 5 }, () => start())
    let without = 0
    for (let second = 0; second < 1500; second++) {
      const got = sidecars.map(({ holder }) => holder.get().catch(() => void without++))
      await clock.advance(1_000)
      await Promise.all(got)
    }
    t.ok(without <= most.without, `${without} requests without a token`)
    t.ok(bank.requests.length <= most.requests, `${bank.requests.length} requests`)
  })

test('without Redis each renews by itself, one after another, and nobody misses a token', async (t) => {
  const { clock, redis, bank, start } = createWorld({ random: Math.random })
  const sidecars = Array.from({ length: 6 }, () => start())
  for (const { holder } of sidecars) holder.start('now')
  await clock.advance(5_000)
  redis.mood = 'hanging'
  for (let second = 0; second < 400; second++) {
    await clock.advance(1_000)
    for (const { holder } of sidecars) if (holder.peek() === undefined) t.fail('a token is missing')
  }
  t.equal(bank.requests.length, 7)
  t.equal(new Set(bank.requests).size, 7)
  redis.mood = 'fine'
  for (let second = 0; second < 600; second++) {
    await clock.advance(1_000)
    for (const { holder } of sidecars) if (holder.peek() === undefined) t.fail('a token is missing')
  }
  t.ok(bank.requests.length <= 11, `${bank.requests.length}: together again`)
  t.equal(new Set(sidecars.map(({ holder }) => holder.peek()?.authorization)).size, 1)
})

test('a sidecar that is stopped while it waits for another leaves nothing behind', async (t) => {
  const { clock, bank, start } = createWorld()
  bank.delayMs = 5_000
  const [asking, stopped] = [start(), start()]
  asking.holder.start('now')
  await clock.advance(1_000)
  const failed = failure(stopped.holder.get())
  await clock.advance(1_000)
  const stopping = stopped.stop()
  await clock.advance(1_000)
  await stopping
  t.match(await failed, { code: 'token_unavailable' })
  const ended = asking.stop()
  await clock.advance(5_000)
  await ended
  t.equal(clock.pending(), 0)
})

test('a sidecar that is stopped while it asks lets another ask at once', async (t) => {
  const { clock, bank, start } = createWorld()
  bank.delayMs = 5_000
  const [stopped, waiting] = [start(), start()]
  stopped.holder.start('now')
  await clock.advance(1_500)
  const got = waiting.holder.get()
  bank.delayMs = 100
  const stopping = stopped.stop()
  await clock.advance(1_500)
  await stopping
  t.match(await got, { authorization: 'Bearer token-2' })
})
