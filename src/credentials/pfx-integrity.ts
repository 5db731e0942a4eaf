import { createHmac, timingSafeEqual } from 'node:crypto'
import { type BerElement, integerOf, octetsOf, oidOf, partOf, partsOf } from './ber.ts'
import { type HashName, type Passphrase, passphraseFrom, pkcs12Key } from './key-derivation.ts'
import { deriveKey, hmacHash } from './password-encryption.ts'
import { unusable } from './unusable.ts'

const digests: Readonly<Record<string, { hash: HashName; bytes: number }>> = {
  '1.3.14.3.2.26': { hash: 'sha1', bytes: 20 },
  '2.16.840.1.101.3.4.2.4': { hash: 'sha224', bytes: 28 },
  '2.16.840.1.101.3.4.2.1': { hash: 'sha256', bytes: 32 },
  '2.16.840.1.101.3.4.2.2': { hash: 'sha384', bytes: 48 },
  '2.16.840.1.101.3.4.2.3': { hash: 'sha512', bytes: 64 },
}

const pbmac1 = '1.2.840.113549.1.5.14'

export interface IntegrityOptions {
  readonly name: string
  /** MacData, RFC 7292 §4. */
  readonly macData: BerElement
  /** What the MAC is over. */
  readonly content: Buffer
  readonly passphrase: string | undefined
}

/** Checks the MAC of a PFX, and gives the passphrase in the form that fits it. */
export function verifiedPassphrase({ name, macData, content, passphrase }: IntegrityOptions): Passphrase {
  for (const form of formsOf(passphrase)) {
    const { expected, computed } = macOf(name, macData, content, form)
    if (expected.length === computed.length && timingSafeEqual(expected, computed)) return form
  }
  throw passphrase === undefined ? missingPassphrase(name) : wrongPassphrase(name)
}

/** "No passphrase" is written in two ways: as an empty text and as no text at all. */
export function formsOf(passphrase: string | undefined): [Passphrase, ...Passphrase[]] {
  const form = passphraseFrom(passphrase ?? '')
  return form.utf8.length > 0 ? [form] : [form, { utf8: form.utf8, bmp: Buffer.alloc(0) }]
}

export function missingPassphrase(name: string): Error {
  return unusable(`the ${name} needs a passphrase, and none is set`, 'set the certificate passphrase')
}

export function wrongPassphrase(name: string, cause?: unknown): Error {
  const problem = `the passphrase does not open the ${name}`
  return unusable(
    problem,
    'give the passphrase it was exported with, or the file anew if it is damaged',
    cause,
  )
}

function macOf(
  name: string,
  macData: BerElement,
  content: Buffer,
  passphrase: Passphrase,
): { expected: Buffer; computed: Buffer } {
  const [digestInfo, salt, iterations] = partsOf(macData)
  if (digestInfo === undefined || salt === undefined) throw new SyntaxError('no digest or no salt')
  const algorithm = partOf(digestInfo, 0)
  const expected = octetsOf(partOf(digestInfo, 1))
  const scheme = oidOf(partOf(algorithm, 0))
  if (scheme === pbmac1) return { expected, computed: pbmac1Of(name, algorithm, content, passphrase) }
  const digest = digests[scheme]
  if (digest === undefined)
    throw unusable(
      `the ${name} is sealed with the algorithm ${scheme}, which is not supported`,
      'export it again with SHA-256',
    )
  const key = pkcs12Key({
    name,
    passphrase,
    ...digest,
    salt: octetsOf(salt),
    iterations: iterations === undefined ? 1 : integerOf(iterations),
    purpose: 'mac',
  })
  return { expected, computed: createHmac(digest.hash, key).update(content).digest() }
}

/** RFC 9579, which names the derivation and the HMAC as RFC 8018 appendix A.5 does. */
function pbmac1Of(name: string, algorithm: BerElement, content: Buffer, passphrase: Passphrase): Buffer {
  const derivation = partOf(algorithm, 1, 0)
  // The length of the key is no longer optional here.
  const bytes = integerOf(partOf(derivation, 1, 2))
  if (bytes < 1 || bytes > 64) throw new SyntaxError('no length of a key')
  const key = deriveKey({ name, passphrase, derivation, bytes })
  return createHmac(hmacHash(name, partOf(algorithm, 1, 1)), key)
    .update(content)
    .digest()
}
