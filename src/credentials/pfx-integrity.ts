import { createHmac, timingSafeEqual } from 'node:crypto'
import { type BerElement, integerOf, octetsOf, oidOf, partOf, partsOf } from './ber.ts'
import { type HashName, type Passphrase, passphraseFrom, pkcs12Key } from './key-derivation.ts'
import { passphraseFault } from './passphrase-fault.ts'
import { deriveKey, hmacHash } from './pbkdf2.ts'
import { supported } from './supported.ts'

const digests: Readonly<Record<string, { hash: HashName; bytes: number }>> = {
  '1.3.14.3.2.26': { hash: 'sha1', bytes: 20 },
  '2.16.840.1.101.3.4.2.4': { hash: 'sha224', bytes: 28 },
  '2.16.840.1.101.3.4.2.1': { hash: 'sha256', bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { hash: 'sha384', bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { hash: 'sha512', bytes: 64 },
}

const pbmac1 = '1.2.840.113549.1.5.14'

export interface IntegrityOptions {
  /** Names the file in messages. */
  readonly name: string
  /** MacData, RFC 7292 §4: algorithm and value, salt, perhaps iterations. */
  readonly macData: BerElement
  /** What the MAC is over. */
  readonly content: Buffer
  readonly passphrase: string | undefined
}

/** Checks the MAC of a PFX, and gives the passphrase in the form that fits it. */
export function verifiedPassphrase(options: IntegrityOptions): Passphrase {
  const { name, macData, passphrase } = options
  const expected = octetsOf(partOf(macData, 0, 1))
  for (const form of formsOf(passphrase)) {
    const computed = macOf(options, form)
    if (expected.length === computed.length && timingSafeEqual(expected, computed)) return form
  }
  throw passphraseFault(name, passphrase)
}

/** "No passphrase" is written in two ways: as an empty text and as no text at all. */
export function formsOf(passphrase: string | undefined): [Passphrase, ...Passphrase[]] {
  const form = passphraseFrom(passphrase ?? '')
  return form.utf8.length > 0 ? [form] : [form, { utf8: form.utf8, bmp: Buffer.alloc(0) }]
}

function macOf({ name, macData, content }: IntegrityOptions, passphrase: Passphrase): Buffer {
  const algorithm = partOf(macData, 0, 0)
  if (oidOf(partOf(algorithm, 0)) === pbmac1) return pbmac1Of(name, algorithm, content, passphrase)
  const digest = supported(name, digests, algorithm)
  const iterations = partsOf(macData)[2]
  const key = pkcs12Key({
    ...digest,
    name,
    passphrase,
    salt: octetsOf(partOf(macData, 1)),
    iterations: iterations === undefined ? 1 : integerOf(iterations),
    purpose: 'mac',
  })
  return createHmac(digest.hash, key).update(content).digest()
}

/** RFC 9579: derivation and HMAC as in RFC 8018 appendix A.5, the length of the key no longer optional. */
function pbmac1Of(name: string, algorithm: BerElement, content: Buffer, passphrase: Passphrase): Buffer {
  const derivation = partOf(algorithm, 1, 0)
  const bytes = integerOf(partOf(derivation, 1, 2))
  if (bytes < 1 || bytes > 64) throw new SyntaxError('no length of a key')
  const key = deriveKey({ name, passphrase, derivation, bytes })
  return createHmac(hmacHash(name, partOf(algorithm, 1, 1)), key)
    .update(content)
    .digest()
}
