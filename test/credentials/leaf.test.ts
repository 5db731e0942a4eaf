import { createPublicKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'tap'
import { describeKey, findLeaf } from '../../src/credentials/leaf.ts'
import { createAuthority, type Issued } from '../support/pki.ts'
import { keyPair } from '../support/pki-keys.ts'

const name = 'certificate file /client.pem'
const authority = await createAuthority()
const upper = await authority.intermediate({ name: 'Upper' })
const lower = await upper.intermediate({ name: 'Lower' })

test('the leaf is the certificate of the key, and its chain is put in order without the root', async (t) => {
  const client = await lower.client({ key: 'RSA-2048' })
  const stranger = await authority.client({ name: 'Stranger' })
  const raws = [client, authority, upper, stranger, lower].map(({ certificate }) => certificate.raw)
  for (const certificates of [raws, raws.toReversed()]) {
    const leaf = findLeaf({ name, unlocked: { format: 'pem', certificates, keys: [client.keyPem] } })
    t.equal(leaf.certificate.fingerprint, client.certificate.fingerprint)
    t.equal(leaf.keyPem, client.keyPem)
    t.strictSame(
      leaf.chain.map(({ subject }) => subject),
      ['CN=Test Client', 'CN=Lower', 'CN=Upper'],
    )
  }
})

test('of several certificates for a key, the newest is used; keys of no certificate are left out', async (t) => {
  const keys = await keyPair('P-256')
  const old = await authority.client({ keys, notBefore: new Date(Date.now() - 86_400_000) })
  const renewed = await authority.client({ keys })
  const other = await authority.client()
  for (const issued of [
    [old, renewed],
    [renewed, old],
  ]) {
    t.equal(leafOf(issued, [other.keyPem, old.keyPem]), renewed.certificate.fingerprint)
  }
})

test('a certificate that signed itself is a chain of one, and authorities that signed each other end', async (t) => {
  const self = await createAuthority()
  const keys = await keyPair('P-256')
  const one = await createAuthority({ name: 'One', keys })
  const two = await one.intermediate({ name: 'Two' })
  const back = await two.intermediate({ name: 'One', keys })
  const client = await two.client()
  t.equal(chainOf([self.certificate.raw], self.keyPem).length, 1)
  const chain = chainOf(
    [client, two, back].map(({ certificate }) => certificate.raw),
    client.keyPem,
  )
  t.strictSame(chain, ['CN=Test Client', 'CN=Two', 'CN=One'])
})

test('what does not fit together is said', async (t) => {
  const client = await authority.client()
  const other = await authority.client({ key: 'RSA-2048' })
  const { raw } = client.certificate
  const cases: Array<[certificates: Buffer[], keys: string[], sentence: RegExp]> = [
    [[], [client.keyPem], /^the certificate file \/client.pem holds no certificate; /],
    [[raw], [], /^the certificate in the certificate file \/client.pem comes without its private key; /],
    [
      [raw],
      [other.keyPem],
      /^the private key belongs to another certificate than that in the certificate file/,
    ],
    [
      [raw, raw.subarray(0, 99)],
      [client.keyPem],
      /^certificate 2 in the certificate file \/client.pem is damaged; /,
    ],
  ]
  for (const [certificates, keys, message] of cases) {
    const unlocked = { format: 'pem', certificates, keys } as const
    t.throws(() => findLeaf({ name, unlocked }), { code: 'certificate_unusable', message })
  }
})

test('a key is described by kind and size', async (t) => {
  for (const [kind, described] of [
    ['RSA-3072', 'RSA 3072'],
    ['P-256', 'EC P-256'],
    ['P-384', 'EC P-384'],
    ['Ed25519', 'ED25519'],
  ] as const) {
    t.equal(describeKey((await keyPair(kind)).publicKey), described)
  }
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
  t.equal(describeKey(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' }))), 'EC secp256k1')
})

function leafOf(issued: readonly Issued[], keys: readonly string[]): string {
  const certificates = issued.map(({ certificate }) => certificate.raw)
  return findLeaf({ name, unlocked: { format: 'pem', certificates, keys } }).certificate.fingerprint
}

function chainOf(certificates: readonly Buffer[], keyPem: string): string[] {
  return findLeaf({ name, unlocked: { format: 'pem', certificates, keys: [keyPem] } }).chain.map(
    ({ subject }) => subject,
  )
}
