import { test } from 'tap'
import { isCostly, type Material, unlock } from '../../src/credentials/unlock.ts'
import { createAuthority } from '../support/pki.ts'

const intermediate = await (await createAuthority()).intermediate()
const client = await intermediate.client()
const certificates = [client.certificate.raw, intermediate.certificate.raw]
const encryptedKey = client.keys.privateKey
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })
  .toString()

test('certificate and key come from one file or two, in either order', async (t) => {
  const together = client.chainPem + client.keyPem
  for (const found of [
    await unlock(material(together)),
    await unlock(material(client.keyPem + client.chainPem)),
    await unlock(material(client.chainPem, client.keyPem)),
    await unlock(material(client.chainPem, encryptedKey)),
  ]) {
    t.strictSame(found, { format: 'pem', certificates, keys: [client.keyPem] })
  }
})

test('a PFX may leave its key to a file of its own', async (t) => {
  const pfx = client.pfx('pass', { key: 'none', iterations: 2 })
  t.strictSame(await unlock(material(pfx, client.keyPem)), {
    format: 'pfx',
    certificates,
    keys: [client.keyPem],
  })
})

test('a legacy PFX is called one', async (t) => {
  const pfx = client.pfx('pass', { encryption: 'rc2-40', iterations: 2 })
  t.equal((await unlock(material(pfx))).format, 'legacy pfx')
})

test('the key file is PEM', async (t) => {
  for (const other of [client.pfx('pass'), 'hello']) {
    await t.rejects(unlock(material(client.chainPem, other)), {
      code: 'certificate_unusable',
      message: /^the key file is no PEM; give the key in PEM, /,
    })
  }
})

test('what needs a passphrase is costly, nothing else', (t) => {
  t.equal(isCostly(material(client.pfx('pass', { iterations: 2 }))), true)
  t.equal(isCostly(material(client.chainPem, encryptedKey)), true)
  t.equal(isCostly(material(client.chainPem + encryptedKey)), true)
  t.equal(isCostly(material(client.chainPem, client.keyPem)), false)
  t.equal(isCostly(material(client.chainPem + client.keyPem)), false)
  t.end()
})

function material(certificate: string | Buffer, key?: string | Buffer): Material {
  return {
    certificate: { name: 'certificate file', bytes: Buffer.from(certificate) },
    key: key === undefined ? undefined : { name: 'key file', bytes: Buffer.from(key) },
    passphrase: 'pass',
  }
}
