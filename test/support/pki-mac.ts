import { createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { integer, nothing, octets, oid, sequence } from './pki-der.ts'
import { hmac } from './pki-encryption.ts'
import { type HashName, pkcs12Key } from './pki-key-derivation.ts'

const digests = {
  sha1: '1.3.14.3.2.26',
  sha224: '2.16.840.1.101.3.4.2.4',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const

/** `pbmac1` is RFC 9579; OpenSSL reads it from 3.4 on. */
export type MacKind = HashName | 'pbmac1'

export interface MacOptions {
  readonly passphrase: string
  readonly iterations: number
}

/** MacData, RFC 7292 §4. */
export function makeMac(kind: MacKind, content: Buffer, { passphrase, iterations }: MacOptions): Buffer {
  const salt = randomBytes(8)
  if (kind === 'pbmac1') return makePbmac1(content, passphrase, iterations)
  const bytes = Number({ sha1: 20, sha224: 28, sha256: 32, sha384: 48, sha512: 64 }[kind])
  const key = pkcs12Key({ passphrase, salt, id: 3, iterations, bytes, hash: kind })
  const value = octets(createHmac(kind, key).update(content).digest())
  return sequence(sequence(sequence(oid(digests[kind]), nothing()), value), octets(salt), integer(iterations))
}

function makePbmac1(content: Buffer, passphrase: string, iterations: number): Buffer {
  const salt = randomBytes(8)
  const parameters = sequence(octets(salt), integer(iterations), integer(32), hmac('sha256'))
  const kdf = sequence(oid('1.2.840.113549.1.5.12'), parameters)
  const algorithm = sequence(oid('1.2.840.113549.1.5.14'), sequence(kdf, hmac('sha256')))
  const key = pbkdf2Sync(passphrase, salt, iterations, 32, 'sha256')
  const value = octets(createHmac('sha256', key).update(content).digest())
  return sequence(sequence(algorithm, value), octets(Buffer.from('unused')), integer(1))
}
