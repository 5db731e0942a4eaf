import { test } from 'tap'
import { difference } from '../../scripts/installed.mjs'

const path = 'node_modules/tap'
const entry = { version: '1.0.0', integrity: 'sha512-tap' }
const wanted = { '': {}, [path]: entry }
const otherPlatform = { 'node_modules/other-os': { version: '1.0.0', optional: true } }

type Packages = NonNullable<Parameters<typeof difference>[0]['packages']>
const cases: readonly [string, Packages, string | undefined][] = [
  ['the same', wanted, undefined],
  ['a package less', {}, 'tap is missing'],
  [
    'another version',
    { [path]: { ...entry, version: '2.0.0' } },
    'tap is not the version of package-lock.json',
  ],
  ['other contents', { [path]: { ...entry, integrity: 'x' } }, 'tap is not the version of package-lock.json'],
  [
    'a package more',
    { ...wanted, [`${path}/node_modules/@a/b`]: entry },
    '@a/b is no longer in package-lock.json',
  ],
]
for (const [name, packages, answer] of cases) {
  test(`installed is ${name}`, async (t) => {
    t.equal(difference({ packages: wanted }, { packages }), answer)
  })
}

test('an optional package of another platform is not missed', async (t) => {
  t.equal(difference({ packages: { ...wanted, ...otherPlatform } }, { packages: wanted }), undefined)
})

test('an account without packages has none', async (t) => {
  t.equal(difference({}, {}), undefined)
  t.equal(difference({ packages: wanted }, {}), 'tap is missing')
})
