import { test } from 'tap'
import type { CredentialEvent } from '../../src/credentials/credential-event.ts'
import { createExpiryWarnings, daysLeft } from '../../src/credentials/expiry-warnings.ts'
import { soundSet } from './sound-set.ts'

const day = 86_400_000
const set = soundSet('a', { notAfterMs: 100 * day })

test('whole days are counted', (t) => {
  t.equal(daysLeft(set, 0), 100)
  t.equal(daysLeft(set, 1), 99)
  t.equal(daysLeft(set, 99.5 * day), 0)
  t.equal(daysLeft(set, 100 * day + 1), -1)
  t.end()
})

test('30, 14, 7, 3 and 1 days ahead are each reported once', (t) => {
  const events: CredentialEvent[] = []
  const check = createExpiryWarnings((event) => events.push(event))
  for (let hours = 0; hours < 24 * 110; hours++) check(set, (hours * day) / 24)
  t.strictSame(
    events.map((event) => event.kind === 'expiring' && [event.thresholdDays, event.daysLeft]),
    [
      [30, 29],
      [14, 13],
      [7, 6],
      [3, 2],
      [1, 0],
    ],
  )
  t.end()
})

test('a certificate that comes late is reported once, at the nearest', (t) => {
  const events: CredentialEvent[] = []
  const check = createExpiryWarnings((event) => events.push(event))
  check(set, 98 * day)
  check(soundSet('other identity', { notAfterMs: 100 * day, thumbprint: 'a' }), 98 * day)
  t.match(events, [{ thresholdDays: 3 }])
  check(soundSet('b', { notAfterMs: 100 * day }), 98 * day)
  t.match(events, [{}, { thresholdDays: 3, set: { thumbprint: 'b' } }])
  t.end()
})
