import { test } from 'tap'
import { createRig, failure } from './rig.ts'

test('the first token is fetched at once, never, or at a random moment', async (t) => {
  const now = createRig()
  now.holder.start('now')
  t.equal(now.bank.requests.length, 1)

  const never = createRig()
  never.holder.start('never')
  await never.clock.advance(3_600_000)
  t.equal(never.bank.requests.length, 0)
  t.match(never.holder.status(), { state: 'none', settled: true }, 'it could serve')

  const later = createRig({ random: () => 0.5 })
  later.holder.start(60_000)
  t.match(later.holder.status(), { nextAttemptAt: '2026-01-01T00:00:30.000Z', settled: false })
  await later.clock.advance(29_999)
  t.equal(later.bank.requests.length, 0)
  await later.clock.advance(1)
  t.equal(later.bank.requests.length, 1)
  t.match(later.holder.status(), { state: 'valid', nextAttemptAt: null, settled: true })
})

test('a request cuts the random moment short', async (t) => {
  const { clock, bank, holder } = createRig({ random: () => 0.5 })
  bank.answer = () => ({ status: 500 })
  holder.start(3_600_000)
  void failure(holder.get())
  await clock.advance(0)
  t.equal(bank.requests.length, 1)
  await clock.advance(120_000)
  t.ok(bank.requests.length > 3, 'and it is tried until there is one')
})

test('a holder that was started tries until it has held a token, and then no more', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.answer = (request) =>
    request < 5 ? { status: 503 } : { body: { access_token: 'x', expires_in: '300' } }
  holder.start('now')
  await clock.advance(3_600_000)
  t.equal(bank.requests.length, 5)
  t.match(holder.status(), { state: 'none', everHeld: true })
})

test('a retired holder leaves nothing behind, and lets those finish who have its token', async (t) => {
  const { clock, bank, holder } = createRig()
  const token = await holder.get()
  holder.retire()
  holder.retire()
  t.equal(clock.pending(), 0)
  t.equal(holder.peek(), token)
  t.ok(holder.holds(token))
  await clock.advance(290_000)
  t.equal(holder.peek(), token)
  t.match(await failure(holder.replacement(token)), { code: 'token_unavailable' })
  await clock.advance(10_000)
  t.match(await failure(holder.get()), { message: /no longer in use/, retryAfterSeconds: 1 })
  holder.start('now')
  t.equal(bank.requests.length, 1)
  t.equal(clock.pending(), 0)
})

test('a request under way is broken off when the holder is retired and nobody waits', async (t) => {
  const { clock, bank, holder, events } = createRig()
  bank.delayMs = 1000
  holder.start('now')
  holder.retire()
  await clock.advance(0)
  t.equal(bank.underWay, 0)
  t.equal(clock.pending(), 0)
  t.strictSame(
    events.map(({ kind }) => kind),
    ['state', 'request'],
  )
})

test('whoever waits when the holder is retired gets the token', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.delayMs = 1000
  const waited = holder.get()
  await clock.advance(500)
  holder.retire()
  await clock.advance(500)
  const token = await waited
  t.ok(holder.holds(token))
  t.equal(holder.peek(), token)
  t.equal(clock.pending(), 0)
})

test('closing the source sends everyone away', async (t) => {
  const { clock, bank, holder, another, source } = createRig()
  bank.delayMs = 1000
  const waited = failure(holder.get())
  const second = another()
  second.start(60_000)
  source.close()
  source.close()
  t.match(await waited, { code: 'token_unavailable', message: /no longer in use/ })
  await clock.advance(0)
  t.equal(clock.pending(), 0)
  t.equal(bank.underWay, 0)
})

test('tokens of two generations live side by side', async (t) => {
  const { bank, holder, another } = createRig()
  const candidate = another()
  const token = await holder.get()
  await candidate.prove({ reserve: 2 })
  t.not(candidate.peek()?.authorization, token.authorization)
  holder.retire()
  t.ok(candidate.peek())
  t.equal(bank.requests.length, 2)
})
