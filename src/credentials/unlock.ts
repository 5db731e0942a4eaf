import { SidecarError } from '../errors.ts'
import { formatOf, type NamedFile, onlyPem, pemText } from './file-format.ts'
import { bytesOf, type PemBlock, readPem } from './pem.ts'
import { readPfx } from './pfx.ts'
import { isEncrypted, isPrivateKey, openKey } from './private-key.ts'

/** What certificate and key are made from. Only plain data: it travels between threads. */
export interface Material {
  readonly certificate: NamedFile
  readonly key: NamedFile | undefined
  readonly passphrase: string | undefined
}

export interface Unlocked {
  readonly format: 'pfx' | 'legacy pfx' | 'pem'
  /** DER. */
  readonly certificates: readonly Uint8Array[]
  /** PKCS#8 PEM, not encrypted. */
  readonly keys: readonly string[]
}

export type Answer = { readonly unlocked: Unlocked } | { readonly fault: string }

/** Opens the certificate file and the key file. Throws certificate_unusable. */
export async function unlock({ certificate, key, passphrase }: Material): Promise<Unlocked> {
  const main = await unlockFile(certificate, passphrase)
  if (key === undefined) return main
  const text = onlyPem(key, 'give the key in PEM, or none beside a PFX')
  const keys = keysOf(key.name, readPem(key.name, text), passphrase)
  return { ...main, keys: [...main.keys, ...keys] }
}

/** The same as data: errors lose their class between threads. */
export async function answer(material: Material): Promise<Answer> {
  try {
    return { unlocked: await unlock(withBuffers(material)) }
  } catch (error) {
    if (error instanceof SidecarError) return { fault: error.message }
    throw error
  }
}

/** A Buffer arrives in another thread as a Uint8Array. */
function withBuffers({ certificate, key, passphrase }: Material): Material {
  const withBuffer = ({ name, bytes }: NamedFile): NamedFile => ({ name, bytes: Buffer.from(bytes) })
  return { certificate: withBuffer(certificate), key: key && withBuffer(key), passphrase }
}

/** Whether a passphrase has to be turned into a key: anything from a millisecond to seconds of work. */
export function isCostly({ certificate, key }: Material): boolean {
  if (formatOf(certificate) === 'pfx') return true
  const files = key === undefined ? [certificate] : [certificate, key]
  return files.some((file) => blocksOf(file).some(isEncrypted))
}

async function unlockFile(file: NamedFile, passphrase: string | undefined): Promise<Unlocked> {
  if (formatOf(file) === 'pfx') {
    const { legacy, ...contents } = await readPfx({ ...file, passphrase })
    return { format: legacy ? 'legacy pfx' : 'pfx', ...contents }
  }
  const blocks = blocksOf(file)
  return {
    format: 'pem',
    certificates: blocks.filter(({ label }) => label === 'CERTIFICATE').map(bytesOf),
    keys: keysOf(file.name, blocks, passphrase),
  }
}

function blocksOf({ name, bytes }: NamedFile): readonly PemBlock[] {
  return readPem(name, pemText(bytes))
}

function keysOf(name: string, blocks: readonly PemBlock[], passphrase: string | undefined): string[] {
  return blocks.filter(isPrivateKey).map((block) => openKey({ name, block, passphrase }))
}
