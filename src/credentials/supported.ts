import { type BerElement, oidOf, partOf } from './ber.ts'
import { unusable } from './unusable.ts'

/** What a table knows of the algorithm of an AlgorithmIdentifier. Throws certificate_unusable; `name` names the file. */
export function supported<T>(name: string, table: Readonly<Record<string, T>>, algorithm: BerElement): T {
  const oid = oidOf(partOf(algorithm, 0))
  const found = table[oid]
  if (found !== undefined) return found
  const problem = `the ${name} is protected with the algorithm ${oid}, which is not supported`
  throw unusable(problem, 'export it again with AES-256 and SHA-256')
}
