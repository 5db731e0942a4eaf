import { test } from 'tap'
import { backOffMs } from '../../src/token/back-off.ts'
import { createRig, failure, loaded, ok } from './rig.ts'

const waits = (kind: 'failed' | 'throttled' | 'rejected', random: number) =>
  [0, 1, 2, 3, 4, 5, 9].map((before) => backOffMs({ kind, before, random: () => random }) / 1000)

test('waits double up to a bound, and are spread between half and whole', async (t) => {
  t.strictSame(waits('failed', 1), [1, 2, 4, 8, 16, 30, 30])
  t.strictSame(waits('failed', 0), [0.5, 1, 2, 4, 8, 15, 15])
  t.strictSame(waits('throttled', 1), [10, 20, 40, 60, 60, 60, 60])
  t.strictSame(waits('rejected', 1), [60, 120, 240, 300, 300, 300, 300])
})

test('Retry-After is the least, and a 429 with it backs off no longer than it says', async (t) => {
  const options = { kind: 'throttled', before: 0 } as const
  t.equal(backOffMs({ ...options, retryAfterMs: 5000, random: () => 0 }), 5000)
  t.equal(backOffMs({ ...options, retryAfterMs: 5000, random: () => 0.5 }), 5250)
  t.equal(backOffMs({ ...options, retryAfterMs: 0, random: () => 1 }), 1000)
})

test('a long Retry-After is exceeded by ten minutes at most', async (t) => {
  for (const kind of ['throttled', 'failed'] as const) {
    const wait = (random: number) =>
      backOffMs({ kind, before: 0, retryAfterMs: 86_400_000, random: () => random })
    t.strictSame([0, 0.5, 1].map(wait), [86_400_000, 86_700_000, 87_000_000])
  }
})

test('after a failure, requests are answered at once until the next try is due', async (t) => {
  const { clock, bank, holder } = createRig({ random: () => 0.999 })
  bank.answer = () => ({ status: 500 })
  const first = failure(holder.get())
  await clock.advance(0)
  t.match(await first, {
    code: 'token_unavailable',
    message: 'the authorization endpoint answered 500',
    retryAfterSeconds: 1,
    requestSent: 'no',
  })
  await clock.advance(500)
  t.match(await failure(holder.get()), { code: 'token_unavailable', retryAfterSeconds: 1 })
  t.equal(bank.requests.length, 1)
  await clock.advance(500)
  t.equal(bank.requests.length, 2, 'the timer tried again, as somebody had asked')
  t.match(await failure(holder.get()), { retryAfterSeconds: 2 })
})

test('nobody asks any more: after one try for the last who did, none is made', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.answer = () => ({ status: 500 })
  void failure(holder.get())
  await clock.advance(3_600_000)
  t.equal(bank.requests.length, 2)
  t.equal(clock.pending(), 0)
  bank.answer = () => ({ body: { access_token: 'fine', expires_in: '300' } })
  t.match(
    await holder.get(),
    { authorization: 'Bearer fine' },
    'the next request starts one, and waits for it',
  )
})

test('rejected credentials are not hammered', async (t) => {
  for (const status of [400, 401, 403]) {
    const { clock, bank, holder } = createRig({ requestsPerMinute: 100 })
    bank.answer = () => ({ status })
    holder.start('now')
    await clock.advance(29_999)
    t.match(await failure(holder.get()), { code: 'credentials_rejected', retryAfterSeconds: 1 })
    t.equal(bank.requests.length, 1)
    await clock.advance(3_600_000)
    t.ok(bank.requests.length < 28)
    t.match(holder.status(), { state: 'rejected', settled: false })
  }
})

test('a 429 holds for every holder of the environment, as the bank counts addresses', async (t) => {
  const { clock, bank, holder, another } = createRig()
  bank.answer = () => ({ status: 429, headers: { 'retry-after': '20' } })
  void failure(holder.get())
  await clock.advance(0)
  const candidate = another()
  t.match(await failure(candidate.prove({ reserve: 2 })), { code: 'token_throttled', retryAfterSeconds: 20 })
  t.match(await failure(candidate.get()), { code: 'token_throttled' })
  t.equal(bank.requests.length, 1)
  t.match(candidate.status(), { state: 'none', lastError: /answered 429/ })
  bank.answer = () => ({ body: { access_token: 'fine', expires_in: '300' } })
  await clock.advance(20_000)
  t.ok(candidate.peek() && holder.peek(), 'both had been asked, and both try again')
})

test('a 429 without Retry-After doubles; two at once count once; success forgets', async (t) => {
  const { clock, bank, holder, another } = createRig({ random: () => 0.9999999, requestsPerMinute: 100 })
  bank.answer = () => ({ status: 429 })
  bank.delayMs = 100
  void failure(holder.get())
  void failure(another().get())
  await clock.advance(100)
  t.equal(bank.requests.length, 2)
  t.match(await failure(holder.get()), { code: 'token_throttled', retryAfterSeconds: 10 })
  await clock.advance(10_100)
  t.match(await failure(holder.get()), { retryAfterSeconds: 20 })
  bank.answer = () => ({ body: { access_token: 'fine', expires_in: '10' } })
  await clock.advance(20_100)
  t.ok(holder.peek())
  bank.answer = () => ({ status: 429 })
  await clock.advance(15_000)
  void failure(holder.get())
  await clock.advance(100)
  t.match(await failure(holder.get()), { retryAfterSeconds: 10 })
})

test('the bank may ask for a day, and is asked again after that, whatever it said', async (t) => {
  for (const status of [429, 503])
    for (const [said, hours] of [
      ['7200', 2],
      ['86400', 24],
      ['999999999', 24],
    ] as const) {
      const { clock, bank, holder } = createRig()
      bank.answer = (request) =>
        request === 1 ? { status, headers: { 'retry-after': said } } : ok('fine', 300)
      const waited = failure(holder.get())
      await clock.advance(0)
      t.match(await waited, { retryAfterSeconds: hours * 3600 }, 'apps are told so')
      const nextAttemptAt = new Date(clock.wallNow() + hours * 3_600_000).toISOString()
      t.match(holder.status(), { nextAttemptAt })
      for (const used of [0.5, 0.5]) {
        void failure(holder.get())
        await clock.advance(hours * 3_600_000 * used - 1)
        t.equal(bank.requests.length, 1)
      }
      await clock.advance(2)
      t.match(holder.peek(), { authorization: 'Bearer fine' })
    }
})

test('503 with Retry-After is waited for, 500 with it is not', async (t) => {
  for (const [status, seconds] of [
    [503, 45],
    [500, 1],
  ] as const) {
    const { clock, bank, holder } = createRig()
    bank.answer = () => ({ status, headers: { 'retry-after': '45' } })
    const waited = failure(holder.get())
    await clock.advance(0)
    t.match(await waited, { code: 'token_unavailable', retryAfterSeconds: seconds })
  }
})

test('failures are told once each, with what comes next, and as repeated when they are', async (t) => {
  const { clock, bank, holder, events } = createRig()
  bank.answer = () => ({ status: 500 })
  holder.start('now')
  await clock.advance(2000)
  const failed = events.filter(({ kind }) => kind === 'failed')
  t.match(failed, [
    { thumbprint: loaded, error: { message: /answered 500/ }, nextAttemptAt: /^2026-.*Z$/, repeated: false },
    { repeated: true },
    { repeated: true },
  ])
  t.match(
    events.filter(({ kind }) => kind === 'state'),
    [
      { previous: 'none', state: 'renewing' },
      { previous: 'renewing', state: 'failed' },
    ],
  )
})
