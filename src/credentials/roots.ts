import type { X509Certificate } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { NamedFile } from './file-format.ts'
import { onlyPem } from './file-format.ts'
import { parseCertificate } from './leaf.ts'
import { bytesOf, readPem } from './pem.ts'
import { unusable } from './unusable.ts'

/** A certificate takes a third of a millisecond, and bundles hold hundreds: requests are served between two portions. */
const portion = 8

/** The certificates of a CA file. Throws certificate_unusable. */
export async function readRoots(file: NamedFile): Promise<readonly X509Certificate[]> {
  const { name } = file
  const cure = 'give the roots in PEM'
  const blocks = readPem(name, onlyPem(file, cure)).filter(({ label }) => label === 'CERTIFICATE')
  if (blocks.length === 0) throw unusable(`the ${name} holds no certificate`, cure)
  const roots: X509Certificate[] = []
  for (const [index, block] of blocks.entries()) {
    if (index % portion === portion - 1) await setImmediate()
    roots.push(parseCertificate(name, bytesOf(block), index))
  }
  return roots
}
