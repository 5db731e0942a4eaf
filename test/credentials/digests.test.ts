import { createPrivateKey, generateKeyPairSync } from 'node:crypto'
import { test } from 'tap'
import { handshakeDigest, keyDigest } from '../../src/credentials/digests.ts'
import { createAuthority } from '../support/pki.ts'

test('a key gives the same digest in every form, and shows nothing of itself', (t) => {
  const pairs = [
    generateKeyPairSync('rsa', { modulusLength: 2048 }),
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  ]
  const digests = pairs.map(({ privateKey }) => {
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
    const digest = keyDigest(pem)
    t.equal(String(digest), '[secret]')
    return digest.reveal()
  })
  t.equal(new Set(digests).size, pairs.length)
  t.end()
})

test('an EC key without its public half gives the same digest as with it', (t) => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { d } = privateKey.export({ format: 'jwk' })
  // SEC 1: version, the scalar, the curve; the public point left out.
  const scalar = Buffer.from(String(d), 'base64url')
  const curve = Buffer.from('a00a06082a8648ce3d030107', 'hex')
  const body = Buffer.concat([Buffer.from('0201010420', 'hex'), scalar, curve])
  const der = Buffer.concat([Buffer.from([0x30, body.length]), body])
  const bare = createPrivateKey({ key: der, format: 'der', type: 'sec1' })
  const pem = (key: typeof bare) => key.export({ type: 'pkcs8', format: 'pem' }).toString()
  t.equal(keyDigest(pem(bare)).reveal(), keyDigest(pem(privateKey)).reveal())
  t.end()
})

test('the digest of a handshake changes with what is sent and what is trusted, not with the order of the roots', async (t) => {
  const [one, two] = [await createAuthority(), await createAuthority()]
  const leaf = (await one.client()).certificate
  const roots = [one.certificate, two.certificate]
  const digests = [
    handshakeDigest([leaf], undefined),
    handshakeDigest([leaf, one.certificate], undefined),
    handshakeDigest([leaf], [one.certificate]),
    handshakeDigest([leaf], roots),
  ]
  t.equal(new Set(digests).size, digests.length)
  t.equal(handshakeDigest([leaf], roots.toReversed()), digests[3])
})
