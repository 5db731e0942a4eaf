import { createCipheriv, createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import forge from 'node-forge'
import { integer, nothing, octets, oid, sequence, tagged } from './pki-der.ts'

/** How a PFX is encrypted: as OpenSSL 3 does, as Windows did for long, as Windows did with `ExportPfx` of old. */
export type PfxEncryption = 'aes256' | '3des' | 'rc2-40' | 'rc2-128' | 'none'

export interface PfxOptions {
  /** Default `aes256`. `rc2-40` is for the certificates; the key is then under 3DES, as Windows does it. */
  readonly encryption?: PfxEncryption
  /** Default 2048. */
  readonly iterations?: number
  /** Default SHA-256 with AES, else SHA-1. */
  readonly mac?: 'sha1' | 'sha256' | 'pbmac1' | 'none'
}

export interface PfxContents {
  readonly certificates: readonly Uint8Array[]
  /** PKCS#8 DER. */
  readonly keys: readonly Uint8Array[]
  readonly passphrase: string
}

const data = '1.2.840.113549.1.7.1'
const encryptedData = '1.2.840.113549.1.7.6'
const bag = (kind: number): string => `1.2.840.113549.1.12.10.1.${kind}`
const x509Certificate = '1.2.840.113549.1.9.22.1'

/** RFC 7292, written out. */
export function makePfx(contents: PfxContents, options: PfxOptions = {}): Buffer {
  const { encryption = 'aes256', iterations = 2048 } = options
  const mac = options.mac ?? (encryption === 'aes256' ? 'sha256' : 'sha1')
  const seal = (cipher: PfxEncryption, bytes: Uint8Array): Sealed =>
    encrypt(cipher, bytes, contents.passphrase, iterations)
  const keyCipher = encryption.startsWith('rc2') ? '3des' : encryption
  const parts = [
    ...(contents.certificates.length > 0
      ? [certificatePart(contents, (bytes) => seal(encryption, bytes), encryption)]
      : []),
    ...(contents.keys.length > 0 ? [keyPart(contents, (bytes) => seal(keyCipher, bytes), encryption)] : []),
  ]
  const safe = sequence(...parts)
  const macData = mac === 'none' ? [] : [makeMac(mac, safe, contents.passphrase, iterations)]
  return sequence(integer(3), sequence(oid(data), tagged(0, octets(safe))), ...macData)
}

interface Sealed {
  readonly algorithm: Buffer
  readonly bytes: Buffer
}

type Seal = (bytes: Uint8Array) => Sealed

function certificatePart({ certificates }: PfxContents, seal: Seal, encryption: PfxEncryption): Buffer {
  const bags = sequence(
    ...certificates.map((certificate) =>
      sequence(oid(bag(3)), tagged(0, sequence(oid(x509Certificate), tagged(0, octets(certificate))))),
    ),
  )
  if (encryption === 'none') return sequence(oid(data), tagged(0, octets(bags)))
  const { algorithm, bytes } = seal(bags)
  const implicit = Buffer.from(octets(bytes))
  implicit[0] = 0x80
  return sequence(
    oid(encryptedData),
    tagged(0, sequence(integer(0), sequence(oid(data), algorithm, implicit))),
  )
}

function keyPart({ keys }: PfxContents, seal: Seal, encryption: PfxEncryption): Buffer {
  const bags = keys.map((key) => {
    if (encryption === 'none') return sequence(oid(bag(1)), tagged(0, key))
    const { algorithm, bytes } = seal(key)
    return sequence(oid(bag(2)), tagged(0, sequence(algorithm, octets(bytes))))
  })
  return sequence(oid(data), tagged(0, octets(sequence(...bags))))
}

function encrypt(cipher: PfxEncryption, bytes: Uint8Array, passphrase: string, iterations: number): Sealed {
  const salt = randomBytes(8)
  if (cipher === 'aes256') return encryptAes(bytes, passphrase, iterations, salt)
  const algorithm = sequence(
    oid(`1.2.840.113549.1.12.1.${cipher === '3des' ? 3 : cipher === 'rc2-128' ? 5 : 6}`),
    sequence(octets(salt), integer(iterations)),
  )
  const keyBytes = cipher === '3des' ? 24 : cipher === 'rc2-128' ? 16 : 5
  const key = pkcs12Key(passphrase, salt, 1, iterations, keyBytes, 'sha1')
  const iv = pkcs12Key(passphrase, salt, 2, iterations, 8, 'sha1')
  if (cipher === '3des') {
    const des = createCipheriv('des-ede3-cbc', key, iv)
    return { algorithm, bytes: Buffer.concat([des.update(bytes), des.final()]) }
  }
  const rc2 = forge.rc2.createEncryptionCipher(key.toString('latin1'), keyBytes * 8)
  rc2.start(iv.toString('latin1'))
  rc2.update(forge.util.createBuffer(Buffer.from(bytes).toString('latin1')))
  rc2.finish()
  return { algorithm, bytes: Buffer.from(rc2.output.getBytes(), 'latin1') }
}

function encryptAes(bytes: Uint8Array, passphrase: string, iterations: number, salt: Buffer): Sealed {
  const iv = randomBytes(16)
  const hmacSha256 = sequence(oid('1.2.840.113549.2.9'), nothing())
  const kdf = sequence(oid('1.2.840.113549.1.5.12'), sequence(octets(salt), integer(iterations), hmacSha256))
  const aes = createCipheriv('aes-256-cbc', pbkdf2Sync(passphrase, salt, iterations, 32, 'sha256'), iv)
  return {
    algorithm: sequence(
      oid('1.2.840.113549.1.5.13'),
      sequence(kdf, sequence(oid('2.16.840.1.101.3.4.1.42'), octets(iv))),
    ),
    bytes: Buffer.concat([aes.update(bytes), aes.final()]),
  }
}

function makeMac(
  kind: 'sha1' | 'sha256' | 'pbmac1',
  safe: Buffer,
  passphrase: string,
  iterations: number,
): Buffer {
  const salt = randomBytes(8)
  if (kind === 'pbmac1') return makePbmac1(safe, passphrase, iterations, salt)
  const keyBytes = kind === 'sha1' ? 20 : 32
  const key = pkcs12Key(passphrase, salt, 3, iterations, keyBytes, kind)
  const digest = oid(kind === 'sha1' ? '1.3.14.3.2.26' : '2.16.840.1.101.3.4.2.1')
  const value = octets(createHmac(kind, key).update(safe).digest())
  return sequence(sequence(sequence(digest, nothing()), value), octets(salt), integer(iterations))
}

/** RFC 9579. */
function makePbmac1(safe: Buffer, passphrase: string, iterations: number, salt: Buffer): Buffer {
  const hmacSha256 = sequence(oid('1.2.840.113549.2.9'), nothing())
  const kdf = sequence(octets(salt), integer(iterations), integer(32), hmacSha256)
  const algorithm = sequence(
    oid('1.2.840.113549.1.5.14'),
    sequence(sequence(oid('1.2.840.113549.1.5.12'), kdf), hmacSha256),
  )
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, 'sha256')
  return sequence(
    sequence(algorithm, octets(createHmac('sha256', key).update(safe).digest())),
    octets(salt),
    integer(1),
  )
}

/** RFC 7292 appendix B, for keys of which one part of a digest after another is made, each from a new I. */
function pkcs12Key(
  passphrase: string,
  salt: Buffer,
  id: number,
  iterations: number,
  bytes: number,
  hash: 'sha1' | 'sha256',
): Buffer {
  const block = 64
  const fill = (source: Buffer): Buffer => Buffer.alloc(Math.ceil(source.length / block) * block, source)
  const secret = Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  let input: Buffer = Buffer.concat([fill(salt), fill(secret)])
  const parts: Buffer[] = []
  for (let made = 0; made < bytes; made += parts.at(-1)?.length ?? 0) {
    let digest = createHash(hash).update(Buffer.alloc(block, id)).update(input).digest()
    for (let round = 1; round < iterations; round++) digest = createHash(hash).update(digest).digest()
    parts.push(digest)
    input = addToEach(input, Buffer.alloc(block, digest), block)
  }
  return Buffer.concat(parts).subarray(0, bytes)
}

/** Each block of I becomes (block + B + 1) mod 2^512. */
function addToEach(input: Buffer, b: Buffer, block: number): Buffer {
  const sums: Buffer[] = []
  for (let at = 0; at < input.length; at += block) {
    const sum =
      BigInt(`0x${input.subarray(at, at + block).toString('hex')}`) + BigInt(`0x${b.toString('hex')}`) + 1n
    sums.push(Buffer.from((sum % (1n << 512n)).toString(16).padStart(block * 2, '0'), 'hex'))
  }
  return Buffer.concat(sums)
}
