import fc from 'fast-check'
import { test } from 'tap'
import { formatEntry, isOver, isUsable, parseEntry } from '../../src/fleet/entry.ts'
import { deriveKeys } from '../../src/fleet/identity.ts'
import { currentPace, emptyPace, formatPace, lifeOf, parsePace, spentUntil } from '../../src/fleet/pace.ts'
import { reasonOf } from '../../src/fleet/reason.ts'
import { createSeal } from '../../src/fleet/seal.ts'
import { Secret } from '../../src/secret.ts'

const now = 1_800_000_000_000
const entry = {
  value: 'abc',
  lifetimeMs: 300_000,
  thumbprint: null,
  dated: true,
  issuedAt: now,
  again: false,
}
const pace = {
  leases: 3,
  lease: { owner: 'a', number: 3, until: now + 3_000 },
  asked: [now],
  pause: { until: now + 1_000, kind: 'failed' as const },
  failures: { kind: 'rejected' as const, inARow: 1, owner: 'a' },
}
const identity = {
  environment: 'sandbox',
  authorizationUrl: 'https://a.test',
  username: new Secret('user'),
  password: new Secret('password'),
  thumbprint: 'AA',
  keyDigest: new Secret('key'),
  handshakeDigest: 'h',
}

test('what is sealed opens under the same name with the same key, and nothing else does', (t) => {
  const [one, other] = [createSeal(Buffer.alloc(32, 1)), createSeal(Buffer.alloc(32, 2))]
  const sealed = one.close('name', 'tëxt')
  t.equal(one.open('name', sealed), 'tëxt')
  t.not(one.close('name', 'tëxt'), sealed)
  t.equal(one.open('another', sealed), undefined)
  t.equal(other.open('name', sealed), undefined)
  for (let length = 0; length < sealed.length - 1; length++)
    if (one.open('name', sealed.slice(0, length)) !== undefined) t.fail(`open at ${length}`)
  fc.assert(fc.property(fc.string(), (text) => one.open('name', text) === undefined))
  fc.assert(fc.property(fc.string(), (text) => one.open('name', `1.${text}`) === undefined))
  t.end()
})

test('names and keys change with everything that makes sidecars different, and show nothing of it', (t) => {
  const changes = [
    {},
    { environment: 'production' },
    { authorizationUrl: 'https://b.test' },
    { username: new Secret('user2') },
    { password: new Secret('password2') },
    { thumbprint: 'BB' },
    { keyDigest: new Secret('key2') },
    { handshakeDigest: 'h2' },
  ]
  const derived = changes.map((change) => deriveKeys({ ...identity, ...change }))
  t.equal(new Set(derived.map(({ names }) => names.token)).size, changes.length)
  t.equal(
    new Set(derived.map(({ sealingKey }) => Buffer.from(sealingKey).toString('hex'))).size,
    changes.length,
  )
  t.match(derived[0]?.names.token, /^bc-sidecar:token:\{[0-9a-f]{32}\}$/)
  t.strictSame(deriveKeys(identity), derived[0])
  t.end()
})

test('an entry is read as it was written, and nothing else is', (t) => {
  t.strictSame(parseEntry(formatEntry(entry)), entry)
  const wrong = [
    { value: 1 },
    { value: 'a b' },
    { value: '' },
    { lifetimeMs: 0 },
    { lifetimeMs: 9e9 },
    { lifetimeMs: '300' },
    { issuedAt: null },
    { thumbprint: 1 },
  ]
  for (const change of wrong) t.equal(parseEntry(JSON.stringify({ ...entry, ...change })), undefined)
  for (const text of ['', '[]', 'null', '1', '{']) t.equal(parseEntry(text), undefined)
  t.end()
})

test('an entry is of use from its beginning to 98 % of its life', (t) => {
  const at = (ms: number) => isUsable(entry, now + ms)
  t.strictSame([-1_001, -1_000, 0, 293_999, 294_000].map(at), [false, true, true, true, false])
  t.end()
})

test('an entry is over for certain when the slowest request and the slowest clock are allowed for', (t) => {
  const at = (ms: number) => isOver(entry, now + ms)
  t.strictSame([300_000, 315_999, 316_000].map(at), [false, false, true])
  t.end()
})

test('a pace is read as it was written, and nothing else is', (t) => {
  for (const one of [pace, emptyPace]) t.strictSame(parsePace(formatPace(one)), one)
  const wrong = [
    { leases: '3' },
    { asked: null },
    { asked: ['now'] },
    { lease: {} },
    { lease: { ...pace.lease, owner: 1 } },
    { lease: { ...pace.lease, number: -1 } },
    { pause: { until: now, kind: 'other' } },
    { pause: 1 },
    { failures: { kind: 'failed', inARow: 1 } },
    { failures: [] },
  ]
  for (const change of wrong) t.equal(parsePace(JSON.stringify({ ...pace, ...change })), undefined)
  for (const text of ['', '[]', '{}']) t.equal(parsePace(text), undefined)
  t.end()
})

test('what is over is forgotten, and so is what a wrong clock has put too far ahead', (t) => {
  t.strictSame(currentPace(pace, now), pace)
  t.strictSame(currentPace(pace, now + 3_000), { ...pace, lease: null, pause: null })
  t.strictSame(currentPace(pace, now + 60_000).asked, [])
  t.strictSame(currentPace(pace, now - 3_600_000), { ...pace, lease: null, pause: null, asked: [] })
  t.end()
})

test('a pause may last a day and its spread, and ends all the same before a clock that was set back', (t) => {
  const hour = 3_600_000
  const pause = { until: now + 24 * hour + 600_000, kind: 'throttled' as const }
  for (const [asked, at, expected] of [
    [[now], now, pause],
    [[now], now + 24 * hour, pause],
    [[now], now - 60_000, pause],
    [[now], now - hour, null],
    [[], now - hour, null],
  ] as const)
    t.strictSame(currentPace({ ...pace, pause, asked }, at).pause, expected)
  t.equal(lifeOf({ ...pace, pause }, now), 24 * hour + 600_000)
  t.end()
})

test('a value lives as long as anything in it matters', (t) => {
  t.equal(lifeOf(pace, now), 61_000)
  t.equal(lifeOf({ ...pace, pause: { until: now + 300_000.5, kind: 'throttled' } }, now), 300_001)
  t.end()
})

test('the budget is free again a minute after as many requests as it allows', (t) => {
  const asked = [now - 10_000, now - 50_000, now - 30_000]
  t.equal(spentUntil({ ...pace, asked }, 4), undefined)
  t.equal(spentUntil({ ...pace, asked }, 3), now + 10_000)
  t.equal(spentUntil({ ...pace, asked }, 1), now + 50_000)
  t.end()
})

test('a reason has nothing of the text of an error', (t) => {
  const rows: [unknown, string][] = [
    [new Error('WRONGPASS invalid username-password pair'), 'user or password is wrong'],
    [
      new Error('DENIED Redis is running in protected mode because …'),
      'it is in protected mode, and without a password takes no connections from other machines',
    ],
    [new Error('NEWCODE hunter2'), 'NEWCODE'],
    [new Error('hunter2'), 'the connection was lost'],
    ['hunter2', 'the connection was lost'],
    [Object.assign(new Error('hunter2'), { code: 'ECONNREFUSED' }), 'connection refused'],
    [Object.assign(new Error('hunter2'), { code: 'SELF_SIGNED_CERT' }), 'SELF_SIGNED_CERT'],
    [Object.assign(new Error('hunter2'), { code: 7 }), 'the connection was lost'],
  ]
  for (const [error, reason] of rows) t.equal(reasonOf(error), reason)
  t.end()
})
