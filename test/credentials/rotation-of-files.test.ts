import { mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { createAuthority, type Issued } from '../support/pki.ts'
import { until } from '../support/until.ts'
import {
  type CredentialDirectory,
  credentialDirectory,
  credentialDirectoryAt,
} from './credential-directory.ts'
import { type Stored, stored } from './stored.ts'

const authority = await createAuthority()
const intermediate = await authority.intermediate()

test('a certificate is replaced in every way that files are replaced', async (t) => {
  const { directory, store, kinds } = await serving(t)
  for (const replace of [
    (certificate: string) => directory.rename({ certificate }),
    (certificate: string) => directory.write({ certificate }),
    (certificate: string) => {
      directory.remove('certificate')
      directory.write({ certificate })
    },
  ]) {
    const next = await authority.client()
    replace(next.certPem + next.keyPem)
    await until(() => store.usable().thumbprint === next.thumbprint)
  }
  t.strictSame(
    kinds().filter((kind) => kind !== 'expiring'),
    ['applied', 'applied', 'applied', 'applied'],
  )
})

test('Kubernetes’ swap of ..data is one change of the whole set', async (t) => {
  const path = t.testdir({ mount: {} })
  const mount = join(path, 'mount')
  const publish = (issued: Issued, version: string): void => {
    mkdirSync(join(mount, `..${version}`))
    const password = `password of ${issued.thumbprint}`
    credentialDirectoryAt(join(mount, `..${version}`), {
      certificate: issued.certPem + issued.keyPem,
      password,
    })
    symlinkSync(`..${version}`, join(mount, '..data_tmp'))
    renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
  }
  publish(await authority.client(), '0')
  for (const role of ['certificate', 'username', 'password']) symlinkSync(`..data/${role}`, join(mount, role))
  symlinkSync('mount', join(path, 'link'))
  const { sources } = directoryOf(join(path, 'link'))
  const { store, events } = stored(t, sources)
  await store.started
  for (const version of ['1', '2', '3']) {
    const next = await authority.client()
    publish(next, version)
    rmSync(join(mount, `..${Number(version) - 1}`), { recursive: true })
    await until(() => store.usable().thumbprint === next.thumbprint)
    t.equal(store.usable().password, `password of ${next.thumbprint}`)
  }
  t.notOk(events.some(({ kind }) => kind === 'refused' || kind === 'unusable'))
})

test('watching survives that the directory itself is replaced', async (t) => {
  const path = t.testdir({ credentials: {} })
  const mount = join(path, 'credentials')
  const first = await authority.client()
  const { sources } = credentialDirectoryAt(mount, { certificate: first.certPem + first.keyPem })
  const { store } = stored(t, sources)
  await store.started
  for (const _ of [1, 2]) {
    const next = await authority.client()
    renameSync(mount, `${mount}.old`)
    mkdirSync(mount)
    credentialDirectoryAt(mount, { certificate: next.certPem + next.keyPem })
    await until(() => store.usable().thumbprint === next.thumbprint)
    rmSync(`${mount}.old`, { recursive: true })
  }
})

test('one format follows another under the same name, and one kind of key another', async (t) => {
  const { directory, store } = await serving(t)
  for (const key of ['RSA-2048', 'RSA-3072', 'P-256', 'P-384'] as const) {
    for (const encryption of ['aes256', 'rc2-40', undefined] as const) {
      const next = await intermediate.client({ key })
      const pem = next.chainPem + next.keyPem
      directory.rename({ certificate: encryption === undefined ? pem : next.pfx('pass', { encryption }) })
      await until(() => store.usable().thumbprint === next.thumbprint)
    }
  }
  t.end()
})

test('the last good set stays, whatever becomes of the files, and mending them mends it', async (t) => {
  const { directory, store, events, clock } = await serving(t)
  const { thumbprint } = store.usable()
  const whole = await authority.client()
  const pem = whole.certPem + whole.keyPem
  const old = await authority.client({ notAfter: new Date(Date.now() - 1_000) })
  const pfx = whole.pfx('other', { iterations: 2 })
  for (const certificate of ['', pem.slice(0, 200), whole.certPem, old.certPem + old.keyPem, pfx]) {
    const before = events.length
    directory.rename({ certificate })
    await until(() => {
      clock.nowMs += 1_000
      return events.length > before
    })
    t.match(events.slice(before), [{ kind: 'refused', error: { code: 'certificate_unusable' } }])
    t.equal(store.usable().thumbprint, thumbprint)
    t.ok(store.status().lastError)
  }
  directory.rename({ certificate: pem })
  await until(() => store.usable().thumbprint === whole.thumbprint)
  t.equal(store.status().lastError, null)
})

test('a hundred rotations leave nothing behind', async (t) => {
  const { directory, store, open } = await serving(t)
  const resources = process.getActiveResourcesInfo().length
  const two = [await authority.client(), await authority.client()]
  for (let count = 0; count < 100; count++) {
    const next = two[count % 2] as Issued
    directory.rename({ certificate: next.certPem + next.keyPem })
    store.look()
    await until(() => store.usable().thumbprint === next.thumbprint)
  }
  t.equal(open.size, 1)
  await until(() => process.getActiveResourcesInfo().length <= resources)
})

async function serving(
  t: Test,
): Promise<Stored & { directory: CredentialDirectory; clock: { nowMs: number } }> {
  const first = await authority.client()
  const directory = credentialDirectory(t, { certificate: first.certPem + first.keyPem, passphrase: 'pass' })
  const clock = { nowMs: 0 }
  const serving = stored(t, directory.sources, { now: () => clock.nowMs })
  await serving.store.started
  return { ...serving, directory, clock }
}

function directoryOf(path: string): Pick<CredentialDirectory, 'sources'> {
  const file = (role: string): string => join(path, role)
  return {
    sources: {
      certificateFile: file('certificate'),
      usernameFile: file('username'),
      passwordFile: file('password'),
    },
  }
}
