import { test } from 'tap'
import type { CredentialEvent } from '../../src/credentials/credential-event.ts'
import { createHolder } from '../../src/credentials/holder.ts'
import { createRotation, type Rotation } from '../../src/credentials/rotation.ts'
import { unusable } from '../../src/credentials/unusable.ts'
import { type BankAnswers, bankAnswers } from './bank-answers.ts'
import { soundSet } from './sound-set.ts'

test('the first sound set serves at once, without the bank being asked', (t) => {
  const { sound, bank, session, events } = rotating()
  sound('a')
  t.equal(session(), 'a')
  t.strictSame(bank.asked, [])
  t.match(events, [{ kind: 'applied', set: { identity: 'a' }, proved: false }])
  t.end()
})

test('a later set serves once the bank has given a token for it, and the old one is let go', async (t) => {
  const { sound, bank, session, retired, events } = rotating()
  sound('a')
  sound('b')
  sound('b')
  t.equal(session(), 'a')
  t.strictSame(bank.asked, ['b'])
  await bank.accept()
  t.equal(session(), 'b')
  t.strictSame(retired, ['a'])
  t.match(events, [{}, { kind: 'applied', set: { identity: 'b' }, proved: true }])
})

test('a set that the bank refuses is let go and said once, and tried again only when asked for', async (t) => {
  for (const code of ['credentials_rejected', 'certificate_unusable'] as const) {
    const { sound, bank, session, retired, events, rotation } = rotating()
    sound('a')
    sound('b')
    await bank.reject(code)
    sound('b')
    t.equal(session(), 'a')
    t.strictSame(retired, ['b'])
    t.match(events.slice(1), [{ kind: 'refused', error: { code } }])
    t.equal(rotation.lastError(), code)
    sound('b', { urgent: true })
    t.strictSame(bank.asked, ['b', 'b'])
    await bank.accept()
    t.equal(session(), 'b')
    t.equal(rotation.lastError(), null)
  }
})

test('a refused set is tried again when its files were changed and changed back', async (t) => {
  const { sound, bank, rotation } = rotating()
  sound('a')
  sound('b')
  await bank.reject('credentials_rejected')
  rotation.react({ kind: 'unsettled' }, false)
  sound('b')
  t.strictSame(bank.asked, ['b', 'b'])
})

test('while the bank cannot be asked, the candidate waits and is tried again, ever more rarely', async (t) => {
  const { sound, bank, session, retired, events, clock } = rotating()
  sound('a')
  sound('b')
  await bank.reject('token_unavailable')
  for (const waitMs of [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    clock.nowMs += waitMs - 1
    const asked = bank.asked.length
    sound('b')
    t.equal(bank.asked.length, asked, `not yet after ${waitMs - 1} ms`)
    clock.nowMs += 1
    sound('b')
    t.equal(bank.asked.length, asked + 1)
    await bank.reject('token_unavailable')
  }
  t.equal(session(), 'a')
  t.strictSame(retired, [])
  t.match(events.slice(1), [{ kind: 'deferred', error: { code: 'token_unavailable' } }])
  t.equal(events.length, 2)
})

test('the bank’s Retry-After is kept to', async (t) => {
  const { sound, bank, session, clock } = rotating()
  sound('a')
  sound('b')
  await bank.reject('token_throttled', { retryAfterSeconds: 120 })
  clock.nowMs += 119_999
  sound('b', { urgent: true })
  t.equal(bank.asked.length, 1)
  clock.nowMs += 1
  sound('b')
  await bank.accept()
  t.equal(session(), 'b')
})

test('a fault of ours defers a candidate too', async (t) => {
  const { sound, bank, events } = rotating()
  sound('a')
  sound('b')
  await bank.rejectWith(new TypeError('a fault'))
  t.match(events.slice(1), [{ kind: 'deferred', error: { code: 'internal_error', cause: TypeError } }])
})

test('a newer change supersedes a candidate, also while the bank is being asked', async (t) => {
  const { sound, bank, session, retired, rotation, events } = rotating()
  sound('a')
  sound('b')
  sound('c')
  t.strictSame(retired, ['b'])
  await bank.accept()
  t.equal(session(), 'a', 'what the bank says of b does not count')
  rotation.react({ kind: 'unsettled' }, false)
  t.strictSame(retired, ['b', 'c'])
  await bank.reject('credentials_rejected')
  t.equal(events.length, 1)
})

test('going back to the files in use takes the candidate and the error away', async (t) => {
  const { sound, bank, session, retired, rotation } = rotating()
  sound('a')
  sound('b')
  await bank.reject('token_unavailable')
  rotation.react({ kind: 'in use' }, false)
  t.equal(session(), 'a')
  t.strictSame(retired, ['b'])
  t.equal(rotation.lastError(), null)
})

test('an unsound set is waited out, then refused once, while the old one serves', (t) => {
  const { sound, unsound, session, events, clock, rotation } = rotating()
  sound('a')
  unsound('half')
  clock.nowMs += 9_999
  unsound('half')
  t.equal(rotation.lastError(), null)
  clock.nowMs += 1
  unsound('half')
  unsound('half')
  t.equal(session(), 'a')
  t.match(events.slice(1), [{ kind: 'refused', error: { code: 'certificate_unusable', message: /^half; / } }])
  t.equal(events.length, 2)
  rotation.react({ kind: 'in use' }, false)
  unsound('half')
  clock.nowMs += 10_000
  unsound('half')
  t.equal(events.length, 3, 'a new time is a new event')
  t.end()
})

test('a set that becomes sound in time is never complained of', async (t) => {
  const { sound, unsound, bank, session, events, clock } = rotating()
  sound('a')
  unsound('half')
  clock.nowMs += 9_000
  sound('b')
  await bank.accept()
  clock.nowMs += 9_000
  unsound('half')
  t.equal(session(), 'b')
  t.strictSame(
    events.map(({ kind }) => kind),
    ['applied', 'applied'],
  )
})

test('without any set the first reason is said at once, others when they last', (t) => {
  const { unsound, sound, events, clock, holder } = rotating()
  t.throws(() => holder.usable(), { message: /have not been read yet/ })
  unsound('missing')
  t.throws(() => holder.usable(), { code: 'certificate_unusable', message: /^missing; / })
  unsound('half')
  t.throws(() => holder.usable(), { message: /^half; / })
  t.match(events, [{ kind: 'unusable', error: { message: /^missing; / } }])
  clock.nowMs += 10_000
  unsound('half')
  t.match(events, [{}, { kind: 'unusable', error: { message: /^half; / } }])
  sound('a')
  t.equal(holder.usable().session, 'a')
  t.end()
})

test('when the set in use has expired, that is said once, and a sound one goes in unproved', async (t) => {
  const { sound, session, events, clock, rotation, holder, bank, retired } = rotating()
  sound('a', { notAfterMs: 1_000 })
  sound('b')
  await bank.reject('token_unavailable')
  clock.wallMs = 1_001
  t.equal(session(), 'a')
  t.throws(() => holder.usable(), { code: 'certificate_unusable', message: /CN=a has expired/ })
  sound('b')
  t.equal(holder.usable().session, 'b')
  t.strictSame(bank.asked, ['b'], 'the candidate itself goes in')
  t.strictSame(retired, ['a'])
  t.match(events.at(-1), { kind: 'applied', proved: false })
  sound('c', { notAfterMs: 2_000 })
  await bank.accept()
  clock.wallMs = 2_001
  rotation.react({ kind: 'in use' }, false)
  rotation.react({ kind: 'in use' }, false)
  t.match(events.slice(-2), [
    { kind: 'applied' },
    { kind: 'unusable', error: { message: /CN=c has expired/ } },
  ])
})

test('closing gives up the candidate', (t) => {
  const { sound, rotation, retired } = rotating()
  sound('a')
  rotation.close()
  sound('b')
  rotation.close()
  t.strictSame(retired, ['b'])
  t.end()
})

interface Rotating {
  rotation: Rotation
  holder: ReturnType<typeof createHolder<string>>
  bank: BankAnswers
  events: CredentialEvent[]
  retired: string[]
  clock: { nowMs: number; wallMs: number }
  session: () => string | undefined
  sound: (identity: string, options?: { notAfterMs?: number; urgent?: boolean }) => void
  unsound: (problem: string) => void
}

function rotating(): Rotating {
  const events: CredentialEvent[] = []
  const retired: string[] = []
  const clock = { nowMs: 0, wallMs: 0 }
  const bank = bankAnswers()
  const retire = (session: string): void => void retired.push(session)
  const holder = createHolder<string>({ retire, wallNow: () => clock.wallMs })
  const rotation = createRotation<string>({
    holder,
    open: ({ identity }) => identity,
    prove: bank.prove,
    retire,
    report: (event) => events.push(event),
    now: () => clock.nowMs,
    random: () => 1,
    settleMs: 10_000,
  })
  return {
    rotation,
    holder,
    bank,
    events,
    retired,
    clock,
    session: () => holder.held()?.session,
    sound: (identity, { urgent = false, ...options } = {}) =>
      rotation.react({ kind: 'sound', set: soundSet(identity, options) }, urgent),
    unsound: (problem) => rotation.react({ kind: 'unsound', fault: unusable(problem, 'mend it') }, false),
  }
}
