import { indefinite, integer, octets, oid, sequence, tagged } from './pki-der.ts'
import { type Encryption, encrypt, type PfxEncryption } from './pki-encryption.ts'
import type { HashName } from './pki-key-derivation.ts'
import { type MacKind, makeMac } from './pki-mac.ts'

export interface PfxOptions {
  /** Default `aes256`. RC2 is for the certificates; the key is then under 3DES, as Windows does it. */
  readonly encryption?: PfxEncryption
  /** Default 100: twenty times fewer than OpenSSL’s, since most tests are not about them. */
  readonly iterations?: number
  /** Default SHA-256 with PBES2, else SHA-1. */
  readonly mac?: MacKind | 'none'
  /** Of PBKDF2's HMAC. Default SHA-256. */
  readonly prf?: HashName
  /** With indefinite lengths and OCTET STRINGs in pieces, as Firefox, macOS and Bouncy Castle write. */
  readonly ber?: boolean
}

export interface PfxContents {
  readonly certificates: readonly Uint8Array[]
  /** PKCS#8 DER. */
  readonly keys: readonly Uint8Array[]
  readonly passphrase: string
  /** More bags, as they are. */
  readonly bags?: readonly Uint8Array[]
}

const data = '1.2.840.113549.1.7.1'
const encryptedData = '1.2.840.113549.1.7.6'
const x509Certificate = '1.2.840.113549.1.9.22.1'

/** SafeBag, RFC 7292 §4.2: 1 key, 2 shrouded key, 3 certificate, 6 nested. */
export function safeBag(kind: number, value: Uint8Array): Buffer {
  return sequence(oid(`1.2.840.113549.1.12.10.1.${kind}`), tagged(0, value))
}

/** A PFX, written out as RFC 7292 says. */
export function makePfx(contents: PfxContents, options: PfxOptions = {}): Buffer {
  const { encryption = 'aes256', iterations = 100, prf = 'sha256', ber = false } = options
  const { passphrase } = contents
  const { mac = encryption.includes('des') || encryption.startsWith('rc2') ? 'sha1' : 'sha256' } = options
  const encoded = ber ? indefinite : (bytes: Buffer): Buffer => bytes
  const how = { passphrase, iterations, prf }
  const parts = [certificatePart(contents, encryption, how), keyPart(contents, encryption, how)]
  const safe = encoded(sequence(...parts.flat()))
  const macData = mac === 'none' ? [] : [makeMac(mac, safe, { passphrase, iterations })]
  return encoded(sequence(integer(3), sequence(oid(data), tagged(0, octets(safe))), ...macData))
}

function certificatePart({ certificates }: PfxContents, kind: PfxEncryption, how: Encryption): Buffer[] {
  if (certificates.length === 0) return []
  const bags = sequence(
    ...certificates.map((der) => safeBag(3, sequence(oid(x509Certificate), tagged(0, octets(der))))),
  )
  if (kind === 'none') return [sequence(oid(data), tagged(0, octets(bags)))]
  const { algorithm, bytes } = encrypt(kind, bags, how)
  const implicit = octets(bytes)
  implicit[0] = 0x80
  const content = sequence(oid(data), algorithm, implicit)
  return [sequence(oid(encryptedData), tagged(0, sequence(integer(0), content)))]
}

function keyPart({ keys, bags = [] }: PfxContents, encryption: PfxEncryption, how: Encryption): Buffer[] {
  const kind = encryption.startsWith('rc2') ? '3des' : encryption
  const keyBags = keys.map((key) => {
    if (kind === 'none') return safeBag(1, key)
    const { algorithm, bytes } = encrypt(kind, key, how)
    return safeBag(2, sequence(algorithm, octets(bytes)))
  })
  return [sequence(oid(data), tagged(0, octets(sequence(...keyBags, ...bags))))]
}
