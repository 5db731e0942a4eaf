import { mock } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { test } from 'tap'
import { createCredentialStore } from '../../src/credentials/credential-store.ts'
import { unlock } from '../../src/credentials/unlock.ts'
import { SidecarError } from '../../src/errors.ts'
import { createAuthority } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { bankAnswers } from './bank-answers.ts'
import { credentialDirectory } from './credential-directory.ts'
import { stored } from './stored.ts'

const never = 2 ** 30
const authority = await createAuthority()
const client = await authority.client()
const renewed = await authority.client()
const certificate = client.certPem + client.keyPem

test('sound files serve from the first reading on, and the status says what is in use', async (t) => {
  const { sources } = credentialDirectory(t, { certificate })
  const { store, kinds } = stored(t, sources)
  t.match(store.status(), {
    subject: null,
    daysLeft: null,
    lastError: null,
    reason: /have not been read yet/,
  })
  await store.started
  t.match(store.current(), { thumbprint: client.thumbprint, username: 'someone', password: 'hunter2' })
  t.equal(store.usable(), store.current())
  t.strictSame(kinds(), ['applied', 'expiring'])
  const { loadedAt, ...status } = store.status()
  t.match(loadedAt, /^\d{4}-.*Z$/)
  t.strictSame(status, {
    subject: 'CN=Test Client',
    issuer: 'CN=Test Root',
    thumbprint: client.thumbprint,
    notAfter: new Date(client.certificate.validTo).toISOString(),
    daysLeft: 0,
    lastError: null,
    reason: null,
    unusable: undefined,
  })
})

test('without files there is a reason, and the files that come are taken', async (t) => {
  const directory = credentialDirectory(t, { certificate })
  directory.remove('certificate')
  const { store, kinds, events } = stored(t, directory.sources)
  await store.started
  t.equal(store.current(), undefined)
  t.throws(() => store.usable(), {
    code: 'certificate_unusable',
    message: /certificate file \S+ does not exist/,
  })
  t.match(store.status(), {
    reason: /does not exist/,
    lastError: /does not exist/,
    unusable: SidecarError,
    notAfter: null,
  })
  directory.write({ certificate })
  await until(() => store.current())
  t.strictSame(kinds(), ['unusable', 'applied', 'expiring'])
  t.match(events[0], { error: { message: /does not exist/ } })
})

test('looking at once takes a change without waiting for a second reading', async (t) => {
  const directory = credentialDirectory(t, { certificate })
  const { store } = stored(t, directory.sources, { pollMs: never })
  await store.started
  directory.rename({ certificate: renewed.certPem + renewed.keyPem })
  store.look()
  await until(() => store.usable().thumbprint === renewed.thumbprint)
})

test('expiry while running is noticed by the next request', async (t) => {
  const { sources } = credentialDirectory(t, { certificate })
  const clock = { wallMs: Date.now() }
  const { store, kinds } = stored(t, sources, { wallNow: () => clock.wallMs })
  await store.started
  clock.wallMs = Date.parse(client.certificate.validTo) + 1
  t.throws(() => store.usable(), { code: 'certificate_unusable', message: /has expired/ })
  t.match(store.status(), { daysLeft: -1, reason: /has expired/, thumbprint: client.thumbprint })
  await until(() => kinds().includes('unusable'))
  t.ok(store.current())
})

test('closing lets go of everything, whatever is under way', async (t) => {
  const directory = credentialDirectory(t, { certificate })
  const { prove, asked } = bankAnswers()
  const { store, open } = stored(t, directory.sources, {
    prove: ({ thumbprint }, attempt) => prove(thumbprint, attempt),
  })
  await store.started
  directory.rename({ certificate: renewed.certPem + renewed.keyPem })
  await until(() => asked.length > 0)
  t.equal(open.size, 2)
  await store.close()
  t.equal(open.size, 0)
  t.equal(store.current(), undefined)
  await store.close()
})

test('closing ends the thread that opens a certificate', async (t) => {
  const pfx = client.pfx('pass', { iterations: 300_000 })
  const { sources } = credentialDirectory(t, { certificate: pfx, passphrase: 'pass' })
  const threads = (): number =>
    process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length
  const before = threads()
  let opened = 0
  const store = createCredentialStore<number>({
    sources,
    open: () => opened++,
    prove: async () => undefined,
    mayBeRefusal: () => false,
    retry: () => undefined,
    retire: () => undefined,
    report: () => undefined,
  })
  await until(() => threads() > before)
  await store.close()
  t.equal(opened, 0)
  await until(() => threads() === before, { what: 'the thread ends' })
})

test('whatever the file system tells, files are looked at every two seconds at least', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  let looks = 0
  const store = createCredentialStore({
    sources: credentialDirectory(t, { certificate }).sources,
    open: () => ({}),
    prove: async () => undefined,
    mayBeRefusal: () => false,
    retry: () => undefined,
    retire: () => undefined,
    report: () => undefined,
    unlock,
    wallNow: () => {
      looks += 1
      return Date.now()
    },
  })
  t.teardown(() => store.close())
  await store.started
  const before = looks
  for (let turns = 0; looks === before && turns < 20_000; turns += 1) {
    if (turns === 100) mock.timers.tick(2_000)
    await setImmediate()
  }
  t.ok(looks > before)
})
