import { test } from 'tap'
import { formatOf, pemText } from '../../src/credentials/file-format.ts'
import { createAuthority } from '../support/pki.ts'
import { oid, sequence } from '../support/pki-der.ts'

const name = 'certificate file /client'
const client = await (await createAuthority()).client()
const pfx = client.pfx('pass', { iterations: 2 })
const pkcs8 = client.keys.privateKey.export({ type: 'pkcs8', format: 'der' })

test('the format is found by content', (t) => {
  t.equal(formatOf({ name, bytes: pfx }), 'pfx')
  t.equal(formatOf({ name, bytes: client.pfx('pass', { ber: true }) }), 'pfx')
  t.equal(formatOf({ name, bytes: pfx.subarray(0, 1) }), 'pfx')
  for (const text of [
    client.certPem,
    `\uFEFF${client.certPem}`,
    `# comment\n${client.certPem}`,
    '\n\n-----BEG',
  ]) {
    t.equal(formatOf({ name, bytes: Buffer.from(text) }), 'pem')
  }
  t.equal(pemText(Buffer.from('\uFEFF-----')), '-----')
  t.end()
})

test('what it is instead is said', (t) => {
  const cases: Array<[bytes: Buffer, sentence: RegExp]> = [
    [Buffer.alloc(0), /^the certificate file \/client is empty; /],
    [client.certificate.raw, / holds a certificate in DER; convert it to PEM/],
    [pkcs8, / holds a private key in DER; /],
    [sequence(oid('1.2.840.113549.1.7.2')), / holds a PKCS#7 bundle; /],
    [Buffer.from(`\uFEFF${client.certPem}`, 'utf16le'), / is in UTF-16; /],
    [Buffer.from(pfx.toString('base64')), / is still in Base64; decode it first/],
    [Buffer.from(pfx.toString('base64').replace(/.{64}/g, '$&\n')), / is still in Base64; /],
    [Buffer.from('hello'), / is neither PFX nor PEM; /],
    [Buffer.from([1, 2, 3]), / is neither PFX nor PEM; /],
  ]
  for (const [bytes, message] of cases) {
    t.throws(() => formatOf({ name, bytes }), { code: 'certificate_unusable', message })
  }
  t.end()
})
