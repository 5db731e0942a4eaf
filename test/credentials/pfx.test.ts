import fc from 'fast-check'
import { test } from 'tap'
import { readPfx } from '../../src/credentials/pfx.ts'
import { SidecarError } from '../../src/errors.ts'
import { createAuthority } from '../support/pki.ts'
import { integer, octets, oid, sequence, tagged } from '../support/pki-der.ts'
import { makePfx, safeBag } from '../support/pki-pfx.ts'

const name = 'certificate file /client.pfx'
const authority = await createAuthority()
const intermediate = await authority.intermediate()
const wrong = { code: 'certificate_unusable', message: /^the passphrase does not open the certificate file/ }
const missing = { code: 'certificate_unusable', message: /needs a passphrase, and none is set/ }
const damaged = { code: 'certificate_unusable', message: /is a PFX that is damaged or half written/ }

test('a PFX gives its key and its certificates, however it is encrypted', async (t) => {
  for (const key of ['RSA-2048', 'P-256', 'P-384'] as const) {
    const client = await intermediate.client({ key })
    for (const encryption of ['aes256', '3des', '3des-2key', 'rc2-40', 'rc2-128', 'none'] as const) {
      for (const ber of [false, true]) {
        const bytes = client.pfx('påss 🔑', { encryption, ber, iterations: 20 })
        const contents = await readPfx({ name, bytes, passphrase: 'påss 🔑' })
        t.strictSame(contents.keys, [client.keyPem], `${key} ${encryption}`)
        t.strictSame(contents.certificates, [client.certificate.raw, intermediate.certificate.raw])
        t.equal(contents.legacy, encryption.startsWith('rc2'))
      }
    }
  }
})

test('every cipher and HMAC of PBES2 that OpenSSL writes is read', async (t) => {
  const client = await authority.client()
  for (const encryption of ['aes128', 'aes192', 'aes256', 'pbes2-3des'] as const) {
    for (const prf of ['sha1', 'sha224', 'sha256', 'sha384', 'sha512'] as const) {
      const bytes = client.pfx('pass', { encryption, prf, iterations: 20 })
      t.equal(
        (await readPfx({ name, bytes, passphrase: 'pass' })).keys[0],
        client.keyPem,
        `${encryption} ${prf}`,
      )
    }
  }
})

test('a wrong passphrase is told from a missing one, whatever the seal', async (t) => {
  const client = await authority.client()
  for (const mac of ['sha1', 'sha224', 'sha256', 'sha384', 'sha512', 'pbmac1', 'none'] as const) {
    const bytes = client.pfx('right', { mac, iterations: 20 })
    t.equal((await readPfx({ name, bytes, passphrase: 'right' })).keys.length, 1, mac)
    await t.rejects(readPfx({ name, bytes, passphrase: 'wrong' }), wrong, mac)
    if (mac !== 'none') await t.rejects(readPfx({ name, bytes, passphrase: undefined }), missing, mac)
  }
})

test('an empty passphrase is one, and the same as none', async (t) => {
  const client = await authority.client()
  const bytes = client.pfx('', { iterations: 20 })
  for (const passphrase of ['', undefined]) {
    t.equal((await readPfx({ name, bytes, passphrase })).keys.length, 1)
  }
})

test('bags inside bags are read, and bags of other kinds left out', async (t) => {
  const client = await authority.client()
  const certificate = sequence(oid('1.2.840.113549.1.9.22.1'), tagged(0, octets(client.certificate.raw)))
  const bags = [safeBag(6, sequence(safeBag(3, certificate))), safeBag(5, octets(Buffer.from('a secret')))]
  const bytes = makePfx({ certificates: [], keys: [], passphrase: 'x', bags }, { iterations: 20 })
  const contents = await readPfx({ name, bytes, passphrase: 'x' })
  t.strictSame(contents, { certificates: [client.certificate.raw], keys: [], legacy: false })
})

test('what is protected in another way than with a passphrase is named', async (t) => {
  const signed = sequence(integer(3), sequence(oid('1.2.840.113549.1.7.2'), tagged(0, sequence())))
  await t.rejects(readPfx({ name, bytes: signed, passphrase: 'x' }), { message: /sealed with a signature/ })
  const part = sequence(oid('1.2.840.113549.1.7.3'), tagged(0, sequence()))
  const enveloped = sequence(
    integer(3),
    sequence(oid('1.2.840.113549.1.7.1'), tagged(0, octets(sequence(part)))),
  )
  await t.rejects(readPfx({ name, bytes: enveloped, passphrase: 'x' }), {
    message: /encrypted for a certificate/,
  })
})

test('no prefix of a PFX is taken for a whole one', async (t) => {
  const client = await intermediate.client()
  const bytes = client.pfx('pass', { iterations: 2 })
  await fc.assert(
    fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
      await t.rejects(readPfx({ name, bytes: bytes.subarray(0, length), passphrase: 'pass' }), damaged)
    }),
    { numRuns: 200 },
  )
})

test('no garbled PFX ends in anything but contents or a sentence', async (t) => {
  const client = await authority.client()
  const whole = client.pfx('pass', { encryption: 'none', mac: 'none' })
  const change = fc.tuple(fc.nat(whole.length - 1), fc.nat(255))
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
      const bytes = Buffer.from(whole)
      for (const [at, value] of changes) bytes[at] = value
      const outcome = await readPfx({ name, bytes, passphrase: 'pass' }).catch((error: unknown) => error)
      return outcome instanceof SidecarError
        ? outcome.code === 'certificate_unusable'
        : 'keys' in Object(outcome)
    }),
  )
  t.end()
})
