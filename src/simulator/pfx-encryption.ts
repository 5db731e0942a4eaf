import { createCipheriv, createHash, pbkdf2Sync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import * as der from './der.ts'

export const iterations = 2048

/** Gives SEQUENCE { AlgorithmIdentifier, OCTET STRING }, as PKCS#8's EncryptedPrivateKeyInfo. */
export type Encryption = (content: der.Bytes, passphrase: string) => der.Node

export type HashName = 'sha1' | 'sha256'

interface Derivation {
  readonly hash: HashName
  readonly passphrase: string
  readonly salt: der.Bytes
  /** RFC 7292, appendix B.3. */
  readonly purpose: keyof typeof purposes
  readonly bytes: number
}

const purposes = { key: 1, iv: 2, mac: 3 } as const

const oids = {
  pbes2: '1.2.840.113549.1.5.13',
  pbkdf2: '1.2.840.113549.1.5.12',
  hmacWithSha256: '1.2.840.113549.2.9',
  aes256Cbc: '2.16.840.1.101.3.4.1.42',
  tripleDes: '1.2.840.113549.1.12.1.3',
  rc2With40Bits: '1.2.840.113549.1.12.1.6',
} as const

/** PBES2 (RFC 8018). */
export function withAes256(content: der.Bytes, passphrase: string): der.Node {
  const [salt, iv] = [randomBytes(16), randomBytes(16)]
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, 'sha256')
  const hmac = der.sequence(der.oid(oids.hmacWithSha256), der.nothing())
  const derivation = der.sequence(der.octets(salt.toString('latin1')), der.integer(iterations), hmac)
  const parameters = der.sequence(
    der.sequence(der.oid(oids.pbkdf2), derivation),
    der.sequence(der.oid(oids.aes256Cbc), der.octets(iv.toString('latin1'))),
  )
  return encrypted(der.sequence(der.oid(oids.pbes2), parameters), encipher('aes-256-cbc', key, iv, content))
}

/** pbeWithSHAAnd3-KeyTripleDES-CBC (RFC 7292, appendix C). */
export function withTripleDes(content: der.Bytes, passphrase: string): der.Node {
  const salt = randomBytes(8).toString('latin1')
  const [key, iv] = keyAndIv(passphrase, salt, 24)
  return encrypted(pkcs12Algorithm(oids.tripleDes, salt), encipher('des-ede3-cbc', key, iv, content))
}

/** pbeWithSHAAnd40BitRC2-CBC (RFC 7292, appendix C), which OpenSSL 3 refuses and forge reads but does not write. */
export function withRc2(content: der.Bytes, passphrase: string): der.Node {
  const salt = randomBytes(8).toString('latin1')
  const [key, iv] = keyAndIv(passphrase, salt, 5)
  const cipher = forge.rc2.createEncryptionCipher(key.toString('latin1'), 40)
  cipher.start(iv.toString('latin1'))
  cipher.update(forge.util.createBuffer(content))
  cipher.finish()
  return encrypted(pkcs12Algorithm(oids.rc2With40Bits, salt), cipher.output.getBytes())
}

/** PKCS#12's own derivation (RFC 7292, appendix B.2). */
export function pkcs12Key({ hash, passphrase, salt, purpose, bytes }: Derivation): Buffer {
  const { generateKey } = forge.pkcs12
  const id = purposes[purpose]
  const key = generateKey(passphrase, forge.util.createBuffer(salt), id, iterations, bytes, digestOf(hash))
  return Buffer.from(key.getBytes(), 'latin1')
}

/** OpenSSL's, in the shape that forge asks for: it hashes in a fifth of the time. */
function digestOf(name: HashName): forge.md.MessageDigest {
  let hash = createHash(name)
  const digest = {
    digestLength: name === 'sha1' ? 20 : 32,
    blockLength: 64,
    start: () => {
      hash = createHash(name)
    },
    update: (bytes: der.Bytes) => hash.update(bytes, 'latin1'),
    digest: () => forge.util.createBuffer(hash.digest('binary')),
  }
  return digest as unknown as forge.md.MessageDigest
}

function keyAndIv(passphrase: string, salt: der.Bytes, keyBytes: number): [key: Buffer, iv: Buffer] {
  const derive = (purpose: 'key' | 'iv', bytes: number): Buffer =>
    pkcs12Key({ hash: 'sha1', passphrase, salt, purpose, bytes })
  return [derive('key', keyBytes), derive('iv', 8)]
}

function pkcs12Algorithm(oid: string, salt: der.Bytes): der.Node {
  return der.sequence(der.oid(oid), der.sequence(der.octets(salt), der.integer(iterations)))
}

function encipher(name: string, key: Buffer, iv: Buffer, content: der.Bytes): der.Bytes {
  const cipher = createCipheriv(name, key, iv)
  return cipher.update(content, 'latin1', 'latin1') + cipher.final('latin1')
}

function encrypted(algorithm: der.Node, ciphertext: der.Bytes): der.Node {
  return der.sequence(algorithm, der.octets(ciphertext))
}
