import { createDecipheriv } from 'node:crypto'
import { type BerElement, integerOf, octetsOf, oidOf, partOf, partsOf } from './ber.ts'
import { type HashName, type Passphrase, pbkdf2Key, pkcs12Key } from './key-derivation.ts'
import { decryptRc2 } from './rc2.ts'
import { unusable } from './unusable.ts'

export interface Encrypted {
  /** Names the file in messages. */
  readonly name: string
  readonly passphrase: Passphrase
  /** AlgorithmIdentifier: an object identifier and its parameters. */
  readonly algorithm: BerElement
  readonly bytes: Buffer
}

/** RFC 7292 appendix C: ciphers whose key and IV PKCS#12's own derivation makes. */
const pkcs12Ciphers: Readonly<Record<string, { cipher: 'des3' | 'rc2'; keyBytes: number }>> = {
  '1.2.840.113549.1.12.1.3': { cipher: 'des3', keyBytes: 24 },
  '1.2.840.113549.1.12.1.4': { cipher: 'des3', keyBytes: 16 },
  '1.2.840.113549.1.12.1.5': { cipher: 'rc2', keyBytes: 16 },
  '1.2.840.113549.1.12.1.6': { cipher: 'rc2', keyBytes: 5 },
}

/** RFC 8018 appendix B.2 and RFC 3565: ciphers of PBES2, whose IV is a parameter. */
const pbes2Ciphers: Readonly<Record<string, { cipher: string; keyBytes: number }>> = {
  '1.2.840.113549.3.7': { cipher: 'des-ede3-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.2': { cipher: 'aes-128-cbc', keyBytes: 16 },
  '2.16.840.1.101.3.4.1.22': { cipher: 'aes-192-cbc', keyBytes: 24 },
  '2.16.840.1.101.3.4.1.42': { cipher: 'aes-256-cbc', keyBytes: 32 },
}

const hmacHashes: Readonly<Record<string, HashName>> = {
  '1.2.840.113549.2.7': 'sha1',
  '1.2.840.113549.2.8': 'sha224',
  '1.2.840.113549.2.9': 'sha256',
  '1.2.840.113549.2.10': 'sha384',
  '1.2.840.113549.2.11': 'sha512',
}

const pbes2 = '1.2.840.113549.1.5.13'
const pbkdf2 = '1.2.840.113549.1.5.12'

/** Decrypts what a passphrase protects, by PBES2 or by PKCS#12's own schemes. */
export async function decrypt(encrypted: Encrypted): Promise<Buffer> {
  const scheme = oidOf(partOf(encrypted.algorithm, 0))
  if (scheme === pbes2) return decryptPbes2(encrypted)
  const { cipher, keyBytes } = known(encrypted.name, pkcs12Ciphers, scheme)
  const [salt, iterations] = partsOf(partOf(encrypted.algorithm, 1))
  if (salt === undefined || iterations === undefined) throw new SyntaxError('no salt or no iterations')
  const derivation = {
    name: encrypted.name,
    passphrase: encrypted.passphrase,
    hash: 'sha1',
    salt: octetsOf(salt),
    iterations: integerOf(iterations),
  } as const
  const key = pkcs12Key({ ...derivation, purpose: 'key', bytes: keyBytes })
  const iv = pkcs12Key({ ...derivation, purpose: 'iv', bytes: 8 })
  if (cipher === 'rc2') return decryptRc2({ key, iv, bytes: encrypted.bytes })
  // Two-key 3DES is three-key 3DES with the first key used again.
  return decipher('des-ede3-cbc', Buffer.concat([key, key]).subarray(0, 24), iv, encrypted.bytes)
}

/** Whether a scheme is one that OpenSSL 3 refuses. */
export function isLegacy(algorithm: BerElement): boolean {
  return pkcs12Ciphers[oidOf(partOf(algorithm, 0))]?.cipher === 'rc2'
}

function decryptPbes2({ name, passphrase, algorithm, bytes }: Encrypted): Buffer {
  const derivation = partOf(algorithm, 1, 0)
  const encryption = partOf(algorithm, 1, 1)
  const { cipher, keyBytes } = known(name, pbes2Ciphers, oidOf(partOf(encryption, 0)))
  const key = deriveKey({ name, passphrase, derivation, bytes: keyBytes })
  return decipher(cipher, key, octetsOf(partOf(encryption, 1)), bytes)
}

/** The key that PBKDF2's AlgorithmIdentifier describes, RFC 8018 appendix A.2. */
export function deriveKey(options: {
  readonly name: string
  readonly passphrase: Passphrase
  readonly derivation: BerElement
  readonly bytes: number
}): Buffer {
  const { name, passphrase, derivation, bytes } = options
  const scheme = oidOf(partOf(derivation, 0))
  if (scheme !== pbkdf2) throw unsupported(name, scheme)
  const [salt, iterations, ...optional] = partsOf(partOf(derivation, 1))
  if (salt === undefined || iterations === undefined) throw new SyntaxError('no salt or no iterations')
  const hmac = optional.find(({ tag }) => tag === 0x30)
  return pbkdf2Key({
    name,
    passphrase,
    hash: hmac === undefined ? 'sha1' : hmacHash(name, hmac),
    salt: octetsOf(salt),
    iterations: integerOf(iterations),
    bytes,
  })
}

/** The hash of an HMAC's AlgorithmIdentifier. */
export function hmacHash(name: string, algorithm: BerElement): HashName {
  return known(name, hmacHashes, oidOf(partOf(algorithm, 0)))
}

function decipher(cipher: string, key: Buffer, iv: Buffer, bytes: Buffer): Buffer {
  const open = createDecipheriv(cipher, key, iv)
  return Buffer.concat([open.update(bytes), open.final()])
}

function known<T>(name: string, table: Readonly<Record<string, T>>, oid: string): T {
  const found = table[oid]
  if (found === undefined) throw unsupported(name, oid)
  return found
}

function unsupported(name: string, oid: string): Error {
  return unusable(
    `the ${name} is protected with the algorithm ${oid}, which is not supported`,
    'export it again with AES-256',
  )
}
