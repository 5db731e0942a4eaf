import { test } from 'tap'
import { rotating } from './rotating.ts'

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
  t.strictSame(bank.again, [false, true, true, true, true, true, true, true])
  sound('c')
  t.equal(bank.again.at(-1), false, 'for the next set it is the first attempt')
})

test('a bank that hangs up on a candidate twice refuses it, and is yet asked again', async (t) => {
  const { sound, bank, session, retired, events, clock, rotation } = rotating()
  const again = async (answer: Promise<void> | undefined): Promise<void> => {
    await answer
    clock.nowMs += 60_000
    sound('b')
  }
  const hangUp = (cause: unknown = {}) => bank.reject('bank_connection_lost', { cause })
  sound('a')
  sound('b')
  const first = {}
  await again(hangUp(first))
  await again(hangUp(first))
  t.equal(events.length, 1, 'once may be chance, and an attempt that was put off is none')
  await again(hangUp())
  await again(hangUp())
  t.match(events.slice(1), [{ kind: 'refused', error: { code: 'bank_connection_lost' } }])
  t.equal(events.length, 2, 'said once')
  t.equal(rotation.lastError(), 'bank_connection_lost')
  t.strictSame(retired, [], 'kept')
  await again(bank.reject('token_unavailable'))
  await again(hangUp())
  t.match(events.slice(2), [{ kind: 'deferred', error: { code: 'token_unavailable' } }])
  t.equal(events.length, 3)
  await bank.accept()
  t.equal(session(), 'b')
  t.equal(rotation.lastError(), null)
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
