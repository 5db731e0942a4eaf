import { createCipheriv, pbkdf2Sync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { integer, nothing, octets, oid, sequence } from './pki-der.ts'
import { type HashName, pkcs12Key } from './pki-key-derivation.ts'

/** As OpenSSL 3 does it (AES), as Windows did for long (3DES), as it did before (RC2), and what is rarer. */
export type PfxEncryption = keyof typeof pbes2 | keyof typeof pkcs12 | 'none'

export interface Encryption {
  readonly passphrase: string
  readonly iterations: number
  /** Of PBKDF2's HMAC. */
  readonly prf: HashName
}

export interface Sealed {
  /** AlgorithmIdentifier. */
  readonly algorithm: Buffer
  readonly bytes: Buffer
}

const pbes2 = {
  aes128: { oid: '2.16.840.1.101.3.4.1.2', cipher: 'aes-128-cbc', keyBytes: 16, ivBytes: 16 },
  aes192: { oid: '2.16.840.1.101.3.4.1.22', cipher: 'aes-192-cbc', keyBytes: 24, ivBytes: 16 },
  aes256: { oid: '2.16.840.1.101.3.4.1.42', cipher: 'aes-256-cbc', keyBytes: 32, ivBytes: 16 },
  'pbes2-3des': { oid: '1.2.840.113549.3.7', cipher: 'des-ede3-cbc', keyBytes: 24, ivBytes: 8 },
} as const

const pkcs12 = {
  '3des': { oid: '1.2.840.113549.1.12.1.3', keyBytes: 24 },
  '3des-2key': { oid: '1.2.840.113549.1.12.1.4', keyBytes: 16 },
  'rc2-128': { oid: '1.2.840.113549.1.12.1.5', keyBytes: 16 },
  'rc2-40': { oid: '1.2.840.113549.1.12.1.6', keyBytes: 5 },
} as const

const hmacs = { sha1: 7, sha224: 8, sha256: 9, sha384: 10, sha512: 11 } as const

export function encrypt(
  kind: Exclude<PfxEncryption, 'none'>,
  bytes: Uint8Array,
  options: Encryption,
): Sealed {
  return kind in pbes2
    ? encryptPbes2(pbes2[kind as keyof typeof pbes2], bytes, options)
    : encryptPkcs12(pkcs12[kind as keyof typeof pkcs12], bytes, options)
}

/** AlgorithmIdentifier of an HMAC; that of PBKDF2's default is left out, as DER wants it. */
export function hmac(hash: HashName): Buffer {
  return sequence(oid(`1.2.840.113549.2.${hmacs[hash]}`), nothing())
}

/** RFC 8018. */
function encryptPbes2(
  scheme: (typeof pbes2)[keyof typeof pbes2],
  bytes: Uint8Array,
  options: Encryption,
): Sealed {
  const { passphrase, iterations, prf } = options
  const salt = randomBytes(8)
  const iv = randomBytes(scheme.ivBytes)
  const parameters = [octets(salt), integer(iterations), ...(prf === 'sha1' ? [] : [hmac(prf)])]
  const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(...parameters))
  const key = pbkdf2Sync(passphrase, salt, iterations, scheme.keyBytes, prf)
  return {
    algorithm: sequence(oid('1.2.840.113549.1.5.13'), sequence(kdf, sequence(oid(scheme.oid), octets(iv)))),
    bytes: encipher(scheme.cipher, key, iv, bytes),
  }
}

/** RFC 7292 appendix C. */
function encryptPkcs12(
  scheme: (typeof pkcs12)[keyof typeof pkcs12],
  bytes: Uint8Array,
  options: Encryption,
): Sealed {
  const { passphrase, iterations } = options
  const salt = randomBytes(8)
  const derive = (id: number, length: number): Buffer =>
    pkcs12Key({ passphrase, salt, id, iterations, bytes: length, hash: 'sha1' })
  const key = derive(1, scheme.keyBytes)
  const iv = derive(2, 8)
  return {
    algorithm: sequence(oid(scheme.oid), sequence(octets(salt), integer(iterations))),
    bytes:
      scheme === pkcs12['3des'] || scheme === pkcs12['3des-2key']
        ? encipher('des-ede3-cbc', Buffer.concat([key, key]).subarray(0, 24), iv, bytes)
        : encipherRc2(key, iv, bytes),
  }
}

function encipher(cipher: string, key: Buffer, iv: Buffer, bytes: Uint8Array): Buffer {
  const aes = createCipheriv(cipher, key, iv)
  return Buffer.concat([aes.update(bytes), aes.final()])
}

function encipherRc2(key: Buffer, iv: Buffer, bytes: Uint8Array): Buffer {
  const rc2 = forge.rc2.createEncryptionCipher(key.toString('latin1'), key.length * 8)
  rc2.start(iv.toString('latin1'))
  rc2.update(forge.util.createBuffer(Buffer.from(bytes).toString('latin1')))
  rc2.finish()
  return Buffer.from(rc2.output.getBytes(), 'latin1')
}
