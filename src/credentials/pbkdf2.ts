import { type BerElement, integerOf, octetsOf, partOf, partsOf } from './ber.ts'
import { type HashName, type Passphrase, pbkdf2Key } from './key-derivation.ts'
import { supported } from './supported.ts'

export interface Pbkdf2Options {
  /** Names the file in messages. */
  readonly name: string
  readonly passphrase: Passphrase
  /** AlgorithmIdentifier of a derivation. */
  readonly derivation: BerElement
  readonly bytes: number
}

const derivations: Readonly<Record<string, 'pbkdf2'>> = { '1.2.840.113549.1.5.12': 'pbkdf2' }

/** RFC 8018 appendix B.1.2. */
const hmacHashes: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

/** The key that a derivation describes, RFC 8018 appendix A.2: salt, iterations, perhaps a length, perhaps an HMAC. */
export function deriveKey({ name, passphrase, derivation, bytes }: Pbkdf2Options): Buffer {
  supported(name, derivations, derivation)
  const parameters = partOf(derivation, 1)
  const hmac = partsOf(parameters).find(({ tag }) => tag === 0x30)
  return pbkdf2Key({
    name,
    passphrase,
    hash: hmac === undefined ? 'sha1' : hmacHash(name, hmac),
    salt: octetsOf(partOf(parameters, 0)),
    iterations: integerOf(partOf(parameters, 1)),
    bytes,
  })
}

/** The hash of an HMAC's AlgorithmIdentifier. */
export function hmacHash(name: string, algorithm: BerElement): HashName {
  return supported(name, hmacHashes, algorithm)
}
