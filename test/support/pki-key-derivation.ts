import { createHash } from 'node:crypto'

export type HashName = 'sha1' | 'sha224' | 'sha256' | 'sha384' | 'sha512'

export interface DerivationOptions {
  readonly passphrase: string
  readonly salt: Buffer
  /** 1 for a key, 2 for an IV, 3 for a MAC. */
  readonly id: number
  readonly iterations: number
  readonly bytes: number
  readonly hash: HashName
}

/** RFC 7292 appendix B, whose names for the parts are kept. */
export function pkcs12Key({ passphrase, salt, id, iterations, bytes, hash }: DerivationOptions): Buffer {
  const v = hash === 'sha384' || hash === 'sha512' ? 128 : 64
  const fill = (source: Buffer): Buffer => Buffer.alloc(Math.ceil(source.length / v) * v, source)
  const secret = Buffer.from(`${passphrase}\0`, 'utf16le').swap16()
  let i: Buffer = Buffer.concat([fill(salt), fill(secret)])
  const parts: Buffer[] = []
  for (let made = 0; made < bytes; made += parts.at(-1)?.length ?? 0) {
    let a = createHash(hash).update(Buffer.alloc(v, id)).update(i).digest()
    for (let round = 1; round < iterations; round++) a = createHash(hash).update(a).digest()
    parts.push(a)
    i = addToEach(i, Buffer.alloc(v, a), v)
  }
  return Buffer.concat(parts).subarray(0, bytes)
}

/** Each block of I becomes (block + B + 1) mod 2^(8·v). */
function addToEach(i: Buffer, b: Buffer, v: number): Buffer {
  const sums: Buffer[] = []
  for (let at = 0; at < i.length; at += v) {
    const block = i.subarray(at, at + v).toString('hex')
    const sum = (BigInt(`0x${block}`) + BigInt(`0x${b.toString('hex')}`) + 1n) % (1n << BigInt(8 * v))
    sums.push(Buffer.from(sum.toString(16).padStart(v * 2, '0'), 'hex'))
  }
  return Buffer.concat(sums)
}
