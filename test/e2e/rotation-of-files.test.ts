import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { anyAuthority, type Issued } from '../support/pki.ts'
import { checkPayments, startRotating } from './rotation-rig.ts'

/** Both files of a PEM set. */
const filesOf = ({ chainPem, keyPem }: Issued): [string, string][] => [
  ['client.pem', chainPem],
  ['client-key.pem', keyPem],
]

const waysToReplace: Readonly<Record<string, (path: string, content: string) => void>> = {
  'rename over': (path, content) => {
    writeFileSync(`${path}.new`, content)
    renameSync(`${path}.new`, path)
  },
  'in place': (path, content) => writeFileSync(path, content),
  'unlink and create': (path, content) => {
    unlinkSync(path)
    writeFileSync(path, content)
  },
}

test('files that are replaced under load are noticed, and no payment fails', async (t) => {
  const rotating = await startRotating(t, { env: { BC_TOKEN_REQUESTS_PER_MINUTE: '6' } })
  const { authority, bank, dir, applied, events } = rotating
  const payments = rotating.pay()
  for (const [way, replace] of Object.entries(waysToReplace)) {
    await payments.more(20)
    const next = await authority.client({ name: way })
    for (const [name, content] of filesOf(next)) replace(join(dir, name), content)
    await applied(next, { reload: false })
    await payments.more(20)
    t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint, `${way}: in use at the bank`)
  }
  await checkPayments(t, payments, rotating)
  t.equal(events('credentials_applied').length, 4)
  t.equal(events('credentials_refused').length, 0)
  t.equal(bank.issued.length, 4, 'one token request for each set, within the default budget')
})

test('a set that is replaced file by file is waited out, and nothing is said of it', async (t) => {
  const rotating = await startRotating(t)
  const { authority, bank, dir, sidecar, applied, events } = rotating
  const payments = rotating.pay()
  const next = await authority.client({ name: 'second' })
  writeFileSync(join(dir, 'client.pem'), next.chainPem)
  sidecar.reload()
  await payments.more(45)
  t.ok(await rotating.ready())
  t.equal((await rotating.status()).certificate.lastError, null)
  writeFileSync(join(dir, 'client-key.pem'), next.keyPem)
  await applied(next)
  await payments.more(20)
  t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
  await checkPayments(t, payments, rotating)
  t.equal(events('credentials_refused').length, 0)
})

/** What the kubelet does with a secret volume: files beside, then `..data` renamed over to lead there. */
function kubernetesVolume(t: Test): { path: string; publish(files: [string, string][]): void } {
  const path = mkdtempSync(join(tmpdir(), 'secret-'))
  t.teardown(() => rmSync(path, { recursive: true, force: true }))
  let version = 0
  return {
    path,
    publish(files) {
      const old = `..version-${version++}`
      const name = `..version-${version}`
      mkdirSync(join(path, name))
      for (const [file, content] of files) writeFileSync(join(path, name, file), content)
      symlinkSync(name, join(path, '..data_tmp'))
      renameSync(join(path, '..data_tmp'), join(path, '..data'))
      if (version === 1) for (const [file] of files) symlinkSync(join('..data', file), join(path, file))
      rmSync(join(path, old), { recursive: true, force: true })
    },
  }
}

test("Kubernetes' swap of ..data under load", async (t) => {
  const authority = await anyAuthority()
  const client = await authority.client({ name: 'first' })
  const volume = kubernetesVolume(t)
  volume.publish(filesOf(client))
  const env = {
    BC_CERTIFICATE_FILE: join(volume.path, 'client.pem'),
    BC_CERTIFICATE_KEY_FILE: join(volume.path, 'client-key.pem'),
  }
  const rotating = await startRotating(t, { authority, client, env })
  const payments = rotating.pay()
  for (const name of ['second', 'third']) {
    await payments.more(20)
    const next = await authority.client({ name })
    volume.publish(filesOf(next))
    await rotating.applied(next, { reload: false })
    await payments.more(20)
    t.equal(rotating.bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
  }
  await checkPayments(t, payments, rotating)
  t.equal(rotating.events('credentials_refused').length, 0)
})

test('a directory that is replaced, and a link to a directory that is moved, under load', async (t) => {
  const authority = await anyAuthority()
  const client = await authority.client({ name: 'first' })
  const base = t.testdir({})
  const fill = (directory: string, issued: Issued): string => {
    mkdirSync(join(base, directory))
    for (const [name, content] of filesOf(issued)) writeFileSync(join(base, directory, name), content)
    return join(base, directory)
  }
  fill('real', client)
  symlinkSync(join(base, 'real'), join(base, 'linked'))
  const env = {
    BC_CERTIFICATE_FILE: join(base, 'linked', 'client.pem'),
    BC_CERTIFICATE_KEY_FILE: join(base, 'linked', 'client-key.pem'),
  }
  const rotating = await startRotating(t, { authority, client, env })
  const payments = rotating.pay()
  const replacements: readonly ((next: Issued) => void)[] = [
    (next) => {
      fill('beside', next)
      renameSync(join(base, 'real'), join(base, 'old'))
      renameSync(join(base, 'beside'), join(base, 'real'))
    },
    (next) => {
      symlinkSync(fill('other', next), join(base, 'new-link'))
      renameSync(join(base, 'new-link'), join(base, 'linked'))
    },
    (next) => {
      rmSync(join(base, 'other'), { recursive: true })
      fill('other', next)
    },
  ]
  for (const [index, replace] of replacements.entries()) {
    await payments.more(20)
    const next = await authority.client({ name: `next ${index}` })
    replace(next)
    await rotating.applied(next, { reload: false })
    await payments.more(20)
    t.equal(rotating.bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
  }
  await checkPayments(t, payments, rotating)
  t.equal(rotating.events('credentials_applied').length, 1 + replacements.length)
  t.equal(rotating.events('credentials_refused').length, 0)
})
