import { test } from 'tap'
import { rotating } from './rotating.ts'

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

test('asked to look when nothing has changed, the set in use is tried again, unless it has expired', (t) => {
  const { sound, unsound, rotation, retried, bank, clock } = rotating()
  sound('a', { notAfterMs: 1_000, urgent: true })
  rotation.react({ kind: 'in use' }, false)
  unsound('half')
  t.strictSame(retried, [])
  rotation.react({ kind: 'in use' }, true)
  t.strictSame(retried, ['a'])
  clock.wallMs = 1_001
  rotation.react({ kind: 'in use' }, true)
  t.strictSame(retried, ['a'])
  clock.wallMs = 0
  sound('b', { urgent: true })
  t.strictSame(bank.asked, ['b'], 'a new set takes its place')
  t.strictSame(retried, ['a'])
  t.end()
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
