import fc from 'fast-check'
import { test } from 'tap'
import { createBudget } from '../../src/token/budget.ts'
import { createManualClock } from './clock.ts'
import { createRig, failure } from './rig.ts'

test('a request counts until a minute after its end', async (t) => {
  const clock = createManualClock()
  const budget = createBudget({ requestsPerMinute: 2, clock })
  const first = budget.take()
  const second = budget.take()
  t.equal(budget.remaining(), 0)
  t.throws(() => budget.take(), { code: 'token_unavailable', message: /BC_TOKEN_REQUESTS_PER_MINUTE/ })
  await clock.advance(10_000)
  first()
  await clock.advance(10_000)
  first()
  second()
  t.equal(budget.freeAt(0), clock.now() + 50_000)
  t.equal(budget.freeAt(1), clock.now() + 60_000, 'one more must stay free')
  await clock.advance(50_000)
  t.equal(budget.remaining(), 1)
  t.equal(budget.freeAt(0), clock.now())
  t.ok(budget.freeAt(9) > clock.now(), 'whatever is reserved, an unused budget lets one through')
  await clock.advance(10_000)
  t.equal(budget.freeAt(9), clock.now())
})

test('in no minute are there more requests than allowed', async () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 40_000 }), { maxLength: 60 })
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 8 }), gaps, async (requestsPerMinute, waits) => {
      const clock = createManualClock()
      const budget = createBudget({ requestsPerMinute, clock })
      const made: number[] = []
      for (const wait of waits) {
        await clock.advance(wait)
        if (budget.freeAt(0) > clock.now()) continue
        budget.take()()
        made.push(clock.now())
      }
      return made.every(
        (from) => made.filter((at) => at >= from && at < from + 60_000).length <= requestsPerMinute,
      )
    }),
    { numRuns: 30 },
  )
})

test('a spent budget is told, with the moment when it frees', async (t) => {
  const { clock, bank, holder, another, source } = createRig({ requestsPerMinute: 2 })
  bank.lifetimeSeconds = 10
  await holder.get()
  await clock.advance(10_000)
  await holder.get()
  await clock.advance(10_000)
  t.equal(source.budgetRemaining(), 0)
  t.match(await failure(holder.get()), {
    code: 'token_unavailable',
    message: /are spent/,
    retryAfterSeconds: 40,
  })
  t.match(holder.status(), {
    state: 'none',
    lastError: /are spent/,
    nextAttemptAt: '2026-01-01T00:01:00.000Z',
  })
  t.match(await failure(another().get()), { retryAfterSeconds: 40 })
  t.equal(bank.requests.length, 2)
  await clock.advance(40_000)
  t.equal(bank.requests.length, 3, 'the timers try again, as far as the budget goes')
})

test('a proof leaves what is reserved', async (t) => {
  const { clock, bank, holder, another } = createRig({ requestsPerMinute: 4 })
  const first = another()
  await first.prove({ reserve: 2 })
  await first.prove({ reserve: 2 })
  t.equal(bank.requests.length, 1, 'proved already')
  await another().prove({ reserve: 2 })
  t.match(await failure(another().prove({ reserve: 2 })), {
    code: 'token_unavailable',
    retryAfterSeconds: 60,
  })
  await holder.get()
  t.equal(bank.requests.length, 3)
  await clock.advance(60_000)
  await another().prove({ reserve: 2 })
})

test('a failed proof is not tried again by itself', async (t) => {
  const { clock, bank, another } = createRig()
  bank.answer = () => ({ status: 401 })
  const candidate = another()
  t.match(await failure(candidate.prove({ reserve: 2 })), { code: 'credentials_rejected' })
  await clock.advance(3_600_000)
  t.equal(bank.requests.length, 1)
  t.equal(clock.pending(), 0)
})
