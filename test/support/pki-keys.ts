import { generateKeyPair, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { promisify } from 'node:util'

export type KeyKind =
  | 'P-256'
  | 'P-384'
  | 'RSA-512'
  | 'RSA-1024'
  | 'RSA-2048'
  | 'RSA-3072'
  | 'RSA-4096'
  | 'Ed25519'

export interface KeyPair {
  readonly kind: KeyKind
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const generate = promisify(generateKeyPair)
const rsaKeys = new Map<KeyKind, Promise<KeyPair>>()

/** A new key; RSA keys, slow to make, are made once per process and size unless `fresh` is asked for. */
export async function keyPair(kind: KeyKind, options: { fresh?: boolean } = {}): Promise<KeyPair> {
  if (!kind.startsWith('RSA')) return makeCurveKey(kind)
  if (options.fresh === true) return makeRsaKey(kind)
  const held = rsaKeys.get(kind) ?? makeRsaKey(kind)
  rsaKeys.set(kind, held)
  return held
}

function makeCurveKey(kind: KeyKind): KeyPair {
  if (kind === 'Ed25519') return { kind, ...generateKeyPairSync('ed25519') }
  return { kind, ...generateKeyPairSync('ec', { namedCurve: kind }) }
}

async function makeRsaKey(kind: KeyKind): Promise<KeyPair> {
  return { kind, ...(await generate('rsa', { modulusLength: Number(kind.slice('RSA-'.length)) })) }
}
