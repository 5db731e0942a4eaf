import { test } from 'tap'
import { until } from '../support/until.ts'
import { createRig, failure, jwt, loaded, ok } from './rig.ts'

test('from the start to the first token', async (t) => {
  const { clock, bank, holder } = createRig()
  t.strictSame(holder.status(), {
    state: 'none',
    expiresAt: null,
    lastRequestAt: null,
    lastError: null,
    nextAttemptAt: null,
    requests: { ok: 0, throttled: 0, rejected: 0, failed: 0 },
    thumbprintMatches: null,
    everHeld: false,
    settled: false,
  })
  bank.delayMs = 1000
  holder.start('now')
  t.match(holder.status(), { state: 'renewing', lastRequestAt: '2026-01-01T00:00:00.000Z', settled: false })
  await clock.advance(1000)
  t.match(holder.status(), {
    state: 'valid',
    expiresAt: '2026-01-01T00:05:00.000Z',
    lastError: null,
    nextAttemptAt: null,
    requests: { ok: 1 },
    everHeld: true,
    settled: true,
  })
})

test('a request under way is no refusal, though it takes the last of the budget', async (t) => {
  const { clock, bank, holder } = createRig({ requestsPerMinute: 1 })
  bank.delayMs = 1000
  holder.start('now')
  t.match(holder.status(), { state: 'renewing', lastError: null, nextAttemptAt: null })
  await clock.advance(1000)
})

test('each kind of failure is a state, with what comes next', async (t) => {
  const rows = [
    { status: 429, state: 'throttled', count: 'throttled', settled: true },
    { status: 403, state: 'rejected', count: 'rejected', settled: false },
    { status: 500, state: 'failed', count: 'failed', settled: true },
  ]
  for (const { status, state, count, settled } of rows) {
    const { clock, bank, holder, events } = createRig()
    bank.answer = () => ({ status })
    const waited = failure(holder.get())
    await clock.advance(0)
    await waited
    const lastError = new RegExp(`answered ${status}`)
    t.match(holder.status(), { state, lastError, nextAttemptAt: /Z$/, requests: { [count]: 1 }, settled })
    t.match(events, [
      { kind: 'state' },
      { kind: 'request', result: count, durationMs: 0 },
      { kind: 'failed' },
      { state },
    ])
  }
})

test('rejected credentials do not unsettle a token that still holds', async (t) => {
  const { clock, bank, holder } = createRig()
  await holder.get()
  bank.answer = () => ({ status: 401 })
  await clock.advance(270_000)
  holder.peek()
  await clock.advance(0)
  t.match(holder.status(), { state: 'rejected', expiresAt: /Z$/, settled: true })
  await clock.advance(24_000)
  t.match(holder.status(), { state: 'rejected', expiresAt: null, settled: false })
})

test('states are told once each', async (t) => {
  const { clock, holder, events } = createRig()
  await holder.get()
  await holder.get()
  await clock.advance(300_000)
  t.match(
    events.filter(({ kind }) => kind === 'state'),
    [
      { thumbprint: loaded, previous: 'none', state: 'renewing' },
      { previous: 'renewing', state: 'valid' },
      { previous: 'valid', state: 'none' },
    ],
  )
  const renewed = events.filter(({ kind }) => kind === 'renewed')
  t.match(renewed, [{ expiresAt: '2026-01-01T00:05:00.000Z', lifetimeMs: 300_000 }])
  t.notMatch(JSON.stringify(events), 'token-1')
})

test('a thumbprint claim of another certificate is used, and reported once per token', async (t) => {
  const rows = [
    { claim: loaded.toLowerCase(), matches: true, claimed: [] },
    { claim: 'bb'.repeat(20), matches: false, claimed: ['BB'.repeat(20)] },
    { claim: 'line\nbreak', matches: false, claimed: ['[no thumbprint]'] },
    { claim: undefined, matches: null, claimed: [] },
  ]
  for (const { claim, matches, claimed } of rows) {
    const { clock, bank, holder, events } = createRig()
    const token = jwt({ iat: 0, exp: 300, thumbprint: claim })
    bank.answer = () => ok(token, 300)
    t.match(await holder.get(), { authorization: `Bearer ${token}` })
    t.equal(holder.status().thumbprintMatches, matches)
    await clock.advance(270_000)
    holder.peek()
    await until(() => events.filter(({ kind }) => kind === 'renewed').length === 2)
    const reported = events.flatMap((event) => (event.kind === 'thumbprint_mismatch' ? [event.claimed] : []))
    t.strictSame(reported, claimed)
  }
})
