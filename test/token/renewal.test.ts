import fc from 'fast-check'
import { test } from 'tap'
import { renewalOf } from '../../src/token/renewal.ts'
import { createRig } from './rig.ts'

test('the margin is a setting, at most half the lifetime, and never inside the unusable end', async (t) => {
  const rows = [
    { lifetimeMs: 300_000, refreshMarginMs: 30_000, random: 0, afterMs: 270_000 },
    { lifetimeMs: 300_000, refreshMarginMs: 30_000, random: 0.5, afterMs: 273_000 },
    { lifetimeMs: 5000, refreshMarginMs: 30_000, random: 0, afterMs: 2500 },
    { lifetimeMs: 5000, refreshMarginMs: 30_000, random: 0.5, afterMs: 2750 },
    { lifetimeMs: 3_600_000, refreshMarginMs: 30_000, random: 0, afterMs: 3_498_000 },
    { lifetimeMs: 300_000, refreshMarginMs: 100, random: 0, afterMs: 293_900 },
    { lifetimeMs: 300_000, refreshMarginMs: 0, random: 0, afterMs: 294_000 },
  ]
  for (const { afterMs, random, ...options } of rows) {
    const renewal = renewalOf({ ...options, random: () => random })
    t.match(Math.round(renewal.afterMs), afterMs)
    t.equal(Math.round(renewal.lateAfterMs), afterMs - options.lifetimeMs / 4)
  }
})

test('whatever the settings, a renewal begins while the token is usable', async () => {
  const positive = fc.double({ min: 1, max: 86_400_000, noNaN: true })
  const share = fc.double({ min: 0, max: 0.999, noNaN: true })
  fc.assert(
    fc.property(positive, fc.nat(), share, (lifetimeMs, refreshMarginMs, random) => {
      const { afterMs } = renewalOf({ lifetimeMs, refreshMarginMs, random: () => random })
      return afterMs >= lifetimeMs / 2 - 1e-6 && afterMs <= lifetimeMs * 0.98 + 1e-6
    }),
  )
})

test('a token in use is renewed ahead of its expiry, and no request waits', async (t) => {
  const { clock, bank, holder } = createRig({ requestsPerMinute: 60 })
  bank.delayMs = 1500
  bank.lifetimeSeconds = 5
  const first = holder.get()
  await clock.advance(1500)
  await first
  for (let step = 0; step < 1000; step++) {
    const token = holder.peek()
    if (token === undefined || !holder.holds(token)) return t.fail(`without a token after ${step * 100} ms`)
    await clock.advance(100)
  }
  t.ok(bank.requests.length < 45, 'about one request for half a lifetime')
  t.equal(bank.mostUnderWay, 1)
})

test('a request within the margin begins the renewal itself when the token was idle before', async (t) => {
  const { clock, bank, holder } = createRig()
  const first = await holder.get()
  await clock.advance(280_000)
  t.equal(bank.requests.length, 1)
  t.equal(holder.peek(), first)
  await clock.advance(0)
  t.equal(bank.requests.length, 2)
  t.not(holder.peek(), first)
})

test('a token used in the quarter of its life before the renewal is renewed without another request', async (t) => {
  const { clock, bank, holder } = createRig()
  await holder.get()
  await clock.advance(200_000)
  holder.peek()
  await clock.advance(70_000)
  t.equal(bank.requests.length, 2)
})

test('an idle token is left to expire, and then costs nothing', async (t) => {
  const { clock, bank, holder } = createRig()
  await holder.get()
  await clock.advance(190_000)
  holder.peek()
  await clock.advance(3_600_000)
  t.equal(bank.requests.length, 1)
  t.equal(holder.status().state, 'none')
  t.equal(clock.pending(), 0, 'no timer is left')
  const waited = holder.get()
  await clock.advance(0)
  t.equal((await waited).authorization, 'Bearer token-2')
})
