import { hash, pbkdf2Sync } from 'node:crypto'
import { unusable } from './unusable.ts'

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

/** A passphrase in the two encodings that PFX files use: BMPString with its end for PKCS#12's own derivation. */
export interface Passphrase {
  readonly utf8: Buffer
  readonly bmp: Buffer
}

export interface DerivationOptions {
  /** Names the file in messages. */
  readonly name: string
  readonly passphrase: Passphrase
  readonly hash: HashName
  readonly salt: Buffer
  readonly iterations: number
  readonly bytes: number
}

/** Seconds of work; what tools write by default is 2,000 to 600,000. */
const mostIterations = 10_000_000

/** What PKCS#12's derivation makes: RFC 7292 appendix B.3. */
export const purposes = { key: 1, iv: 2, mac: 3 } as const

export function passphraseFrom(text: string): Passphrase {
  return { utf8: Buffer.from(text), bmp: Buffer.from(`${text}\0`, 'utf16le').swap16() }
}

/** PBKDF2, RFC 8018 §5.2. Blocks its thread, as pkcs12Key() does. */
export function pbkdf2Key({ name, passphrase, hash, salt, iterations, bytes }: DerivationOptions): Buffer {
  checkIterations(name, iterations)
  return pbkdf2Sync(passphrase.utf8, salt, iterations, bytes, hash)
}

/** PKCS#12's own derivation, RFC 7292 appendix B.2, whose names for the parts are kept. */
export function pkcs12Key(options: DerivationOptions & { purpose: keyof typeof purposes }): Buffer {
  const { name, passphrase, salt, iterations, bytes } = options
  checkIterations(name, iterations)
  const v = options.hash === 'sha384' || options.hash === 'sha512' ? 128 : 64
  const d = Buffer.alloc(v, purposes[options.purpose])
  const i = Buffer.concat([filled(salt, v), filled(passphrase.bmp, v)])
  const made: Buffer[] = []
  for (let length = 0; length < bytes; ) {
    let a: Buffer = hash(options.hash, Buffer.concat([d, i]), 'buffer')
    for (let round = 1; round < iterations; round++) a = hash(options.hash, a, 'buffer')
    made.push(a)
    length += a.length
    addToBlocks(i, Buffer.alloc(v, a))
  }
  return Buffer.concat(made).subarray(0, bytes)
}

function filled(source: Buffer, v: number): Buffer {
  return Buffer.alloc(Math.ceil(source.length / v) * v, source)
}

/** Every block of `i` becomes (block + b + 1) mod 2^(8·v). */
function addToBlocks(i: Buffer, b: Buffer): void {
  for (let end = i.length; end > 0; end -= b.length) {
    let carry = 1
    for (let at = b.length - 1; at >= 0; at--) {
      const index = end - b.length + at
      carry += i.readUInt8(index) + b.readUInt8(at)
      i.writeUInt8(carry & 0xff, index)
      carry >>= 8
    }
  }
}

/** Refuses what would keep a thread busy for long. */
export function checkIterations(name: string, iterations: number): void {
  if (iterations < 1) throw new SyntaxError('a count of iterations below one')
  if (iterations <= mostIterations) return
  throw unusable(
    `the ${name} asks for ${iterations} key-derivation iterations, over the limit of ${mostIterations}`,
    'export it again with fewer',
  )
}
