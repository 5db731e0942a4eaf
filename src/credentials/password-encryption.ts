import { createDecipheriv } from 'node:crypto'
import { type BerElement, integerOf, octetsOf, oidOf, partOf } from './ber.ts'
import { type Passphrase, pkcs12Key } from './key-derivation.ts'
import { deriveKey } from './pbkdf2.ts'
import { decryptRc2 } from './rc2.ts'
import { supported } from './supported.ts'

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

const pbes2 = '1.2.840.113549.1.5.13'

/** Decrypts what a passphrase protects, by PBES2 or by PKCS#12's own schemes. */
export async function decrypt(encrypted: Encrypted): Promise<Buffer> {
  const scheme = oidOf(partOf(encrypted.algorithm, 0))
  return scheme === pbes2 ? decryptPbes2(encrypted) : decryptPkcs12(encrypted)
}

/** Whether a scheme is one that OpenSSL 3 refuses. */
export function isLegacy(algorithm: BerElement): boolean {
  return pkcs12Ciphers[oidOf(partOf(algorithm, 0))]?.cipher === 'rc2'
}

function decryptPbes2({ name, passphrase, algorithm, bytes }: Encrypted): Buffer {
  const encryption = partOf(algorithm, 1, 1)
  const { cipher, keyBytes } = supported(name, pbes2Ciphers, encryption)
  const key = deriveKey({ name, passphrase, derivation: partOf(algorithm, 1, 0), bytes: keyBytes })
  return decipher(cipher, key, octetsOf(partOf(encryption, 1)), bytes)
}

async function decryptPkcs12({ name, passphrase, algorithm, bytes }: Encrypted): Promise<Buffer> {
  const { cipher, keyBytes } = supported(name, pkcs12Ciphers, algorithm)
  const salt = octetsOf(partOf(algorithm, 1, 0))
  const iterations = integerOf(partOf(algorithm, 1, 1))
  const derivation = { name, passphrase, hash: 'sha1', salt, iterations } as const
  const key = pkcs12Key({ ...derivation, purpose: 'key', bytes: keyBytes })
  const iv = pkcs12Key({ ...derivation, purpose: 'iv', bytes: 8 })
  if (cipher === 'rc2') return decryptRc2({ key, iv, bytes })
  // Two-key 3DES is three-key 3DES with the first key used again.
  return decipher('des-ede3-cbc', Buffer.concat([key, key]).subarray(0, 24), iv, bytes)
}

function decipher(cipher: string, key: Buffer, iv: Buffer, bytes: Buffer): Buffer {
  const open = createDecipheriv(cipher, key, iv)
  return Buffer.concat([open.update(bytes), open.final()])
}
