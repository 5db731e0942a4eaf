import { createHash, createHmac, randomBytes } from 'node:crypto'
import * as der from './der.ts'
import {
  type Encryption,
  type HashName,
  iterations,
  pkcs12Key,
  withAes256,
  withRc2,
  withTripleDes,
} from './pfx-encryption.ts'

const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  shroudedKeyBag: '1.2.840.113549.1.12.10.1.2',
  certificateBag: '1.2.840.113549.1.12.10.1.3',
  x509Certificate: '1.2.840.113549.1.9.22.1',
  localKeyId: '1.2.840.113549.1.9.21',
} as const

/** `modern`: as OpenSSL 3 writes them. `legacy`: as old Windows tools do; OpenSSL 3 refuses its RC2-40. */
export type PfxKind = 'modern' | 'legacy'

interface Scheme {
  readonly encryptKey: Encryption
  readonly encryptCertificates: Encryption
  readonly hash: HashName
}

const schemes: Readonly<Record<PfxKind, Scheme>> = {
  modern: { encryptKey: withAes256, encryptCertificates: withAes256, hash: 'sha256' },
  legacy: { encryptKey: withTripleDes, encryptCertificates: withRc2, hash: 'sha1' },
}

const hashes = {
  sha1: { oid: '1.3.14.3.2.26', bytes: 20 },
  sha256: { oid: '2.16.840.1.101.3.4.2.1', bytes: 32 },
} as const

export interface PfxContent {
  readonly certificatePem: string
  readonly privateKeyPem: string
  readonly passphrase: string
}

/** A PKCS#12 file of one certificate and its key (RFC 7292), in DER. Chain certificates stay out. */
export function createPfx(kind: PfxKind, { certificatePem, privateKeyPem, passphrase }: PfxContent): Buffer {
  const { encryptKey, encryptCertificates, hash } = schemes[kind]
  const certificate = der.derOf(certificatePem)
  const id = keyIdAttribute(certificate)
  const certificates = der.encode(der.sequence(certificateBag(certificate, id)))
  const key = encryptKey(der.derOf(privateKeyPem), passphrase)
  const safe = der.encode(
    der.sequence(
      encryptedContent(encryptCertificates(certificates, passphrase)),
      plainContent(der.encode(der.sequence(keyBag(key, id)))),
    ),
  )
  const mac = macOf(safe, { hash, passphrase, salt: randomBytes(8).toString('latin1') })
  return Buffer.from(der.encode(der.sequence(der.integer(3), plainContent(safe), mac)), 'latin1')
}

/**
 * Whether it is a whole file of ours, with this certificate (DER) and passphrase: its MAC and its key id say so, and
 * nothing has to be deciphered. @throws when it is no PKCS#12 file
 */
export function isPfxOf(kind: PfxKind, pfx: Buffer, certificate: Buffer, passphrase: string): boolean {
  const [, authSafe, macData] = partsOf(der.parse(pfx.toString('latin1')))
  const safe = bytesIn(authSafe, 1, 0)
  const mac = macOf(safe, { hash: schemes[kind].hash, passphrase, salt: bytesIn(macData, 1) })
  const id = keyIdAttribute(certificate.toString('latin1'))
  return der.encode(mac) === der.encode(macData as der.Node) && safe.includes(der.encode(id))
}

function partsOf(node: der.Node | undefined): der.Node[] {
  return node?.value as der.Node[]
}

/** What is in the part of a part that these places lead to. */
function bytesIn(node: der.Node | undefined, ...places: number[]): der.Bytes {
  const part = places.reduce<der.Node | undefined>((within, place) => partsOf(within)[place], node)
  return part?.value as der.Bytes
}

function certificateBag(certificate: der.Bytes, id: der.Node): der.Node {
  const value = der.sequence(der.oid(oids.x509Certificate), der.explicit(der.octets(certificate)))
  return der.sequence(der.oid(oids.certificateBag), der.explicit(value), id)
}

function keyBag(key: der.Node, id: der.Node): der.Node {
  return der.sequence(der.oid(oids.shroudedKeyBag), der.explicit(key), id)
}

/** Says which key belongs to which certificate: Windows and Java go by it. */
function keyIdAttribute(certificate: der.Bytes): der.Node {
  const id = createHash('sha1').update(certificate, 'latin1').digest('binary')
  return der.set(der.sequence(der.oid(oids.localKeyId), der.set(der.octets(id))))
}

function plainContent(bytes: der.Bytes): der.Node {
  return der.sequence(der.oid(oids.data), der.explicit(der.octets(bytes)))
}

function encryptedContent(encrypted: der.Node): der.Node {
  const [algorithm, ciphertext] = encrypted.value as [der.Node, der.Node]
  const bytes = der.implicitOctets(ciphertext.value as der.Bytes)
  const info = der.sequence(der.oid(oids.data), algorithm, bytes)
  return der.sequence(der.oid(oids.encryptedData), der.explicit(der.sequence(der.integer(0), info)))
}

/** MacData (RFC 7292, §4). */
function macOf(
  safe: der.Bytes,
  { hash, passphrase, salt }: { hash: HashName; passphrase: string; salt: der.Bytes },
): der.Node {
  const { oid, bytes } = hashes[hash]
  const key = pkcs12Key({ hash, passphrase, salt, purpose: 'mac', bytes })
  const mac = createHmac(hash, key).update(safe, 'latin1').digest('binary')
  const value = der.sequence(der.sequence(der.oid(oid), der.nothing()), der.octets(mac))
  return der.sequence(value, der.octets(salt), der.integer(iterations))
}
