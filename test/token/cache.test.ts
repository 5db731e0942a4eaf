import { test } from 'tap'
import { cacheKey, createTokenCache } from '../../src/token/cache.ts'
import { hold } from '../../src/token/token.ts'
import { createManualClock, type ManualClock } from './clock.ts'

function token(clock: ManualClock, value: string, lifetimeMs = 10_000) {
  const obtained = {
    value,
    lifetimeMs,
    thumbprint: null,
    dated: true,
    sentAt: clock.now(),
    wallSentAt: clock.wallNow(),
  }
  return hold(obtained, { refreshMarginMs: 0, clock, previous: undefined })
}

test('the field is in step with the cache', async (t) => {
  const clock = createManualClock()
  const cache = createTokenCache(clock)
  const slot = cache.slot('a')
  t.equal(slot.look(), undefined)
  const first = token(clock, 'first')
  slot.put(first)
  t.equal(slot.held.token, first)
  t.equal(slot.look(), first)
  const second = token(clock, 'second')
  slot.put(second)
  t.equal(slot.held.token, second)
  slot.drop()
  t.equal(slot.held.token, undefined)
  t.equal(cache.size(), 0)
})

test('nothing stale comes out of the cache', async (t) => {
  const clock = createManualClock()
  const slot = createTokenCache(clock).slot('a')
  slot.put(token(clock, 'x'))
  await clock.advance(9800)
  t.ok(slot.look())
  await clock.advance(1)
  t.equal(slot.look(), undefined)
  t.equal(slot.held.token, undefined)
  slot.put(token(clock, 'x', 0.5))
  await clock.advance(2)
  t.equal(slot.look(), undefined, 'a part of a millisecond is not for ever')
})

test('what is released stays readable, outside the cache', async (t) => {
  const clock = createManualClock()
  const cache = createTokenCache(clock)
  const slot = cache.slot('a')
  const first = token(clock, 'first')
  slot.put(first)
  slot.release()
  slot.drop()
  t.equal(slot.held.token, first)
  t.equal(cache.size(), 0)
})

test('the cache is bounded, and what is pushed out is no longer held', async (t) => {
  const clock = createManualClock()
  const cache = createTokenCache(clock)
  const slots = Array.from({ length: 33 }, (_, index) => cache.slot(String(index)))
  for (const slot of slots) slot.put(token(clock, 'x'))
  t.equal(cache.size(), 32)
  t.equal(slots[0]?.held.token, undefined)
  t.ok(slots[32]?.held.token)
})

test('a key is a hash in which nothing can be shifted from one part to the next', async (t) => {
  t.match(cacheKey(['user', 'certificate']), /^[0-9a-f]{64}$/)
  t.not(cacheKey(['a', 'bc']), cacheKey(['ab', 'c']))
})
