import { unusable } from './unusable.ts'

export interface NamedFile {
  /** What messages call it: `certificate file /run/client.pfx`. */
  readonly name: string
  readonly bytes: Buffer
}

/** What a certificate file is by its content, or certificate_unusable that says what it is instead. */
export function formatOf(file: NamedFile): 'pfx' | 'pem' {
  const format = knownFormat(file)
  if (format !== undefined) return format
  throw unusable(`the ${file.name} is neither PFX nor PEM`, 'give the file that the certificate came in')
}

/** The text of a file that can be nothing but PEM, or certificate_unusable. */
export function onlyPem(file: NamedFile, cure: string): string {
  if (knownFormat(file) !== 'pem') throw unusable(`the ${file.name} is no PEM`, cure)
  return pemText(file.bytes)
}

export function pemText(bytes: Buffer): string {
  return bytes.toString('utf8').replace(/^\uFEFF/, '')
}

function knownFormat({ name, bytes }: NamedFile): 'pfx' | 'pem' | undefined {
  if (bytes.length === 0) throw unusable(`the ${name} is empty`, 'copy it again')
  if (bytes[0] === 0x30) return derFormat(name, bytes)
  const text = pemText(bytes)
  if (/^\s*-/.test(text) || text.includes('-----BEGIN ')) return 'pem'
  refuseEncoded(name, bytes, text)
  return undefined
}

/** DER begins every one of these with SEQUENCE: the element inside tells them apart. */
function derFormat(name: string, bytes: Buffer): 'pfx' {
  const length = bytes[1] ?? 0
  const start = 2 + (length > 0x80 ? length & 0x7f : 0)
  const inside = bytes.subarray(start, start + 3).toString('hex')
  const others: ReadonlyArray<readonly [begin: string, kind: string]> = [
    ['30', 'a certificate in DER'],
    ['06', 'a PKCS#7 bundle'],
    ['020100', 'a private key in DER'],
  ]
  const [, kind] = others.find(([begin]) => inside.startsWith(begin)) ?? []
  if (kind === undefined) return 'pfx'
  throw unusable(`the ${name} holds ${kind}`, 'convert it to PEM, or give the PFX')
}

function refuseEncoded(name: string, bytes: Buffer, text: string): void {
  if (/^(fffe|feff)/.test(bytes.subarray(0, 2).toString('hex'))) {
    throw unusable(`the ${name} is in UTF-16`, 'save it as ASCII or UTF-8')
  }
  const decoded = Buffer.from(text, 'base64')
  if (decoded[0] === 0x30 && /^[A-Za-z0-9+/\s]+=*\s*$/.test(text)) {
    throw unusable(`the ${name} is still in Base64`, 'decode it first, with base64 -d')
  }
}
