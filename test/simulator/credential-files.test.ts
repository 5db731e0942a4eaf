import { createPrivateKey, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import forge from 'node-forge'
import { type Test, test } from 'tap'
import { generateKeyPair, issueCertificate } from '../../src/simulator/certificate.ts'
import { createCredentialSet } from '../../src/simulator/credential-set.ts'
import * as der from '../../src/simulator/der.ts'
import { generateKeys } from './bank-client.ts'

const dayMs = 86_400_000
const set = createCredentialSet({ now: Date.now(), generateKeys })

test('the client certificate is the authority’s, for clients, good for 90 days', async (t) => {
  const files = await set
  const authority = new X509Certificate(files['ca.pem'])
  const client = new X509Certificate(files['client.pem'])
  t.ok(authority.ca && authority.checkPrivateKey(createPrivateKey(files['ca-key.pem'])))
  t.ok(client.checkIssued(authority) && client.verify(authority.publicKey))
  t.ok(client.checkPrivateKey(createPrivateKey(files['client-key.pem'])))
  t.notOk(client.ca)
  t.strictSame(client.keyUsage, ['1.3.6.1.5.5.7.3.2'])
  const days = (Date.parse(client.validTo) - Date.now()) / dayMs
  t.ok(days > 89 && days <= 90, `${days} days`)
  t.ok(Date.parse(client.validFrom) < Date.now() - 60_000)
})

test('two sets have nothing in common: not even the name of the authority', async (t) => {
  const [one, other] = [await set, await createCredentialSet({ now: Date.now(), generateKeys })]
  for (const name of ['ca.pem', 'client.pem', 'passphrase', 'username', 'password'] as const) {
    t.notOk(one[name].equals(other[name]), name)
  }
  t.not(new X509Certificate(one['ca.pem']).subject, new X509Certificate(other['ca.pem']).subject)
})

test('OpenSSL reads client.pfx, which is encrypted with AES-256 as PBES2', async (t) => {
  const files = await set
  const pfx = files['client.pfx']
  createSecureContext({ pfx, passphrase: files.passphrase.toString() })
  t.throws(() => createSecureContext({ pfx, passphrase: 'wrong' }), /mac verify failure/)
  t.equal(occurrences(pfx, '1.2.840.113549.1.5.13'), 2, 'PBES2, for key and certificate')
  t.equal(occurrences(pfx, '2.16.840.1.101.3.4.1.42'), 2, 'AES-256-CBC')
  t.notOk(pfx.includes(rawCertificate(files['client.pem'])))
  holdsTheClient(t, pfx, files)
})

test('OpenSSL 3 refuses client-legacy.pfx, with RC2-40 and 3DES as old Windows tools write, node-forge reads it', async (t) => {
  const files = await set
  const pfx = files['client-legacy.pfx']
  const passphrase = files.passphrase.toString()
  t.throws(() => createSecureContext({ pfx, passphrase }), { code: 'ERR_CRYPTO_UNSUPPORTED_OPERATION' })
  t.equal(occurrences(pfx, '1.2.840.113549.1.12.1.6'), 1, 'pbeWithSHAAnd40BitRC2-CBC')
  t.equal(occurrences(pfx, '1.2.840.113549.1.12.1.3'), 1, 'pbeWithSHAAnd3-KeyTripleDES-CBC')
  t.equal(occurrences(pfx, '1.3.14.3.2.26'), 1, 'SHA-1 for the MAC')
  holdsTheClient(t, pfx, files)
})

test('a server certificate has names and addresses in their own kinds', async (t) => {
  const files = await set
  const keys = await generateKeyPair()
  const pem = issueCertificate(keys.publicKey, {
    commonName: 'server',
    days: 1,
    now: Date.now(),
    issuer: { certificate: files['ca.pem'].toString(), privateKey: files['ca-key.pem'].toString() },
    purpose: { kind: 'server', names: ['localhost', '127.0.0.1', '::1', 'bank.example'] },
  })
  const certificate = new X509Certificate(pem)
  for (const host of ['localhost', 'bank.example']) t.equal(certificate.checkHost(host), host)
  for (const address of ['127.0.0.1', '::1']) t.equal(certificate.checkIP(address), address)
  t.equal(certificate.checkHost('other.example'), undefined)
  t.strictSame(certificate.keyUsage, ['1.3.6.1.5.5.7.3.1'])
  t.ok(certificate.checkIssued(new X509Certificate(files['ca.pem'])))
})

function holdsTheClient(t: Test, pfx: Buffer, files: Awaited<typeof set>): void {
  const opened = forge.pkcs12.pkcs12FromAsn1(der.parse(pfx.toString('latin1')), files.passphrase.toString())
  const bags = opened.safeContents.flatMap(({ safeBags }) => safeBags)
  const [certificate, key] = [bags.find(({ cert }) => cert)?.cert, bags.find(({ key }) => key)?.key]
  t.equal(
    new X509Certificate(forge.pki.certificateToPem(certificate as never)).raw.equals(
      rawCertificate(files['client.pem']),
    ),
    true,
  )
  const held = createPrivateKey(forge.pki.privateKeyToPem(key as never))
  t.ok(held.equals(createPrivateKey(files['client-key.pem'])))
  t.equal(new Set(bags.map(({ attributes }) => attributes.localKeyId[0])).size, 1, 'one key id for both')
}

function rawCertificate(pem: Buffer): Buffer {
  return new X509Certificate(pem).raw
}

function occurrences(pfx: Buffer, oid: string): number {
  const encoded = der.encode(der.oid(oid))
  return pfx.toString('latin1').split(encoded).length - 1
}
