import { createPrivateKey } from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { type BerElement, octetsOf, oidOf, partOf, partsOf, readBer } from './ber.ts'
import type { Passphrase } from './key-derivation.ts'
import { passphraseFault } from './passphrase-fault.ts'
import { decrypt, isLegacy } from './password-encryption.ts'
import { formsOf, verifiedPassphrase } from './pfx-integrity.ts'
import { unusable } from './unusable.ts'

export interface PfxFile {
  /** Names the file in messages. */
  readonly name: string
  readonly bytes: Buffer
  readonly passphrase: string | undefined
}

export interface PfxContents {
  /** DER. */
  readonly certificates: readonly Buffer[]
  /** PKCS#8 PEM, not encrypted. */
  readonly keys: readonly string[]
  /** Encrypted in a way that OpenSSL 3 refuses. */
  readonly legacy: boolean
}

const data = '1.2.840.113549.1.7.1'
const encryptedData = '1.2.840.113549.1.7.6'
const exportAgain = 'export it again with a passphrase'
const bags = '1.2.840.113549.1.12.10.1.'

/**
 * Reads a PFX (PKCS#12, RFC 7292). Blocks its thread for as long as the key derivation takes.
 *
 * `tls.createSecureContext({ pfx })` would do, but for two things: it derives the keys on the main thread, and
 * it makes every authority in the PFX a trusted root for the server's certificate, `ca` or not.
 */
export async function readPfx(file: PfxFile): Promise<PfxContents> {
  let sealed = true
  try {
    const pfx = readBer(file.bytes)
    const macData = partsOf(pfx)[2]
    sealed = macData !== undefined
    const content = octetsOf(contentOf(file.name, partOf(pfx, 1)))
    return await contentsOf(file.name, content, passphraseFor(file, content, macData))
  } catch (error) {
    if (error instanceof SidecarError) throw error
    throw sealed ? damaged(file.name, error) : passphraseFault(file.name, file.passphrase, error)
  }
}

function contentOf(name: string, authSafe: BerElement): BerElement {
  if (oidOf(partOf(authSafe, 0)) === data) return partOf(authSafe, 1, 0)
  throw unusable(`the ${name} is sealed with a signature, not with a passphrase`, exportAgain)
}

/** Without a MAC, only decryption shows whether the passphrase is right. */
function passphraseFor(file: PfxFile, content: Buffer, macData: BerElement | undefined): Passphrase {
  if (macData === undefined) return formsOf(file.passphrase)[0]
  return verifiedPassphrase({ name: file.name, macData, content, passphrase: file.passphrase })
}

function damaged(name: string, cause?: unknown): Error {
  return unusable(`the ${name} is a PFX that is damaged or half written`, 'copy it again', cause)
}

type Item = { kind: 'certificate'; der: Buffer } | { kind: 'key'; pem: string } | { kind: 'legacy' }

async function contentsOf(name: string, content: Buffer, passphrase: Passphrase): Promise<PfxContents> {
  const items: Item[] = []
  for (const part of partsOf(readBer(content))) {
    items.push(...(await partItems(name, part, passphrase)))
  }
  return {
    certificates: items.flatMap((item) => (item.kind === 'certificate' ? [item.der] : [])),
    keys: items.flatMap((item) => (item.kind === 'key' ? [item.pem] : [])),
    legacy: items.some(({ kind }) => kind === 'legacy'),
  }
}

async function partItems(name: string, part: BerElement, passphrase: Passphrase): Promise<Item[]> {
  const type = oidOf(partOf(part, 0))
  if (type === data) return safeItems(name, octetsOf(partOf(part, 1, 0)), passphrase)
  if (type !== encryptedData)
    throw unusable(`the ${name} is encrypted for a certificate, not with a passphrase`, exportAgain)
  const algorithm = partOf(part, 1, 0, 1, 1)
  const sealed = octetsOf(partOf(part, 1, 0, 1, 2))
  const bytes = await decrypt({ name, passphrase, algorithm, bytes: sealed })
  return [...legacyMark(algorithm), ...(await safeItems(name, bytes, passphrase))]
}

async function safeItems(name: string, safe: Buffer, passphrase: Passphrase): Promise<Item[]> {
  const items: Item[] = []
  for (const bag of partsOf(readBer(safe))) items.push(...(await bagItems(name, bag, passphrase)))
  return items
}

async function bagItems(name: string, bag: BerElement, passphrase: Passphrase): Promise<Item[]> {
  const value = partOf(bag, 1, 0)
  switch (oidOf(partOf(bag, 0))) {
    case `${bags}1`:
      return [keyItem(value.raw)]
    case `${bags}2`: {
      const algorithm = partOf(value, 0)
      const key = await decrypt({ name, passphrase, algorithm, bytes: octetsOf(partOf(value, 1)) })
      return [...legacyMark(algorithm), keyItem(key)]
    }
    case `${bags}3`:
      return [{ kind: 'certificate', der: octetsOf(partOf(value, 1, 0)) }]
    case `${bags}6`:
      return safeItems(name, value.raw, passphrase)
    default:
      return []
  }
}

function keyItem(pkcs8: Buffer): Item {
  const key = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
  return { kind: 'key', pem: key.export({ type: 'pkcs8', format: 'pem' }).toString() }
}

function legacyMark(algorithm: BerElement): Item[] {
  return isLegacy(algorithm) ? [{ kind: 'legacy' }] : []
}
