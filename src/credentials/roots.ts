import type { X509Certificate } from 'node:crypto'
import type { NamedFile } from './file-format.ts'
import { formatOf, pemText } from './file-format.ts'
import { parseCertificates } from './leaf.ts'
import { bytesOf, readPem } from './pem.ts'
import { unusable } from './unusable.ts'

/** The certificates of a CA file. Throws certificate_unusable. */
export function readRoots(file: NamedFile): readonly X509Certificate[] {
  const { name } = file
  if (formatOf(file) === 'pfx') throw unusable(`the ${name} is no PEM`, 'give the roots in PEM')
  const blocks = readPem(name, pemText(file.bytes)).filter(({ label }) => label === 'CERTIFICATE')
  if (blocks.length === 0) throw unusable(`the ${name} holds no certificate`, 'give the roots in PEM')
  return parseCertificates(name, blocks.map(bytesOf))
}
