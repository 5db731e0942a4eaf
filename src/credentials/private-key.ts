import { createPrivateKey } from 'node:crypto'
import { SidecarError } from '../errors.ts'
import { integerOf, partOf, readBer } from './ber.ts'
import { checkIterations } from './key-derivation.ts'
import { passphraseFault } from './passphrase-fault.ts'
import { bytesOf, type PemBlock, textOf } from './pem.ts'
import { unusable } from './unusable.ts'

const labels: ReadonlySet<string> = new Set([
  'PRIVATE KEY',
  'ENCRYPTED PRIVATE KEY',
  'RSA PRIVATE KEY',
  'EC PRIVATE KEY',
])

export interface KeyOptions {
  /** Names the file in messages. */
  readonly name: string
  readonly block: PemBlock
  readonly passphrase: string | undefined
}

export function isPrivateKey({ label }: PemBlock): boolean {
  return label.endsWith('PRIVATE KEY')
}

/** Opens a private key in PEM, with its passphrase if it is encrypted: PKCS#8 PEM, not encrypted. */
export function openKey(options: KeyOptions): string {
  const { name, block, passphrase } = options
  if (!labels.has(block.label)) {
    throw unusable(`the ${name} holds an ${block.label}, which is not supported`, 'convert it to PKCS#8')
  }
  if (isEncrypted(block) && passphrase === undefined) throw passphraseFault(name, passphrase)
  try {
    if (block.label === 'ENCRYPTED PRIVATE KEY') checkIterations(name, iterationsOf(bytesOf(block)))
    const key = createPrivateKey({ key: textOf(block), passphrase })
    return key.export({ type: 'pkcs8', format: 'pem' }).toString()
  } catch (error) {
    throw keyFault(options, error)
  }
}

/** Whether its passphrase is turned into a key, which may take seconds. */
export function isEncrypted({ label, lines }: PemBlock): boolean {
  return label === 'ENCRYPTED PRIVATE KEY' || lines.some((line) => /^Proc-Type:.*ENCRYPTED/.test(line))
}

/**
 * How often the derivation of PKCS#8 encryption is repeated, wherever the scheme keeps it: second after the salt
 * (PBES1, RFC 8018 §A.3; PBKDF2; scrypt, whose cost stands there).
 */
function iterationsOf(pkcs8: Buffer): number {
  const parameters = partOf(readBer(pkcs8), 0, 1)
  const first = partOf(parameters, 0)
  const derivation = first.tag === 0x30 ? partOf(first, 1) : parameters
  return integerOf(partOf(derivation, 1))
}

function keyFault({ name, block, passphrase }: KeyOptions, error: unknown): SidecarError {
  if (error instanceof SidecarError) return error
  if ((error as NodeJS.ErrnoException).code === 'ERR_OSSL_EVP_UNSUPPORTED') {
    return unusable(
      `the private key in the ${name} is encrypted in a way that OpenSSL no longer supports`,
      'encrypt it again with AES-256',
      error,
    )
  }
  if (isEncrypted(block)) return passphraseFault(name, passphrase, error)
  return unusable(`the private key in the ${name} is damaged or of an unknown kind`, 'copy it again', error)
}
