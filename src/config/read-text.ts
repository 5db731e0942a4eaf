import { open } from 'node:fs/promises'
import type { Fault } from './fault.ts'

export type ReadText = { readonly text: string } | { readonly fault: Fault }

const longestBytes = 1024 * 1024

/** A configuration file's text, or why there is none. Never throws; devices and pipes are read up to the limit. */
export async function readText(path: string): Promise<ReadText> {
  try {
    const bytes = await readUpTo(path, longestBytes)
    if (bytes === undefined) return tooLong(path)
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    const [problem, remedy] = reasons.get(code) ?? [`it cannot be read (${code})`, 'a readable file']
    return { fault: { key: path, problem, remedy } }
  }
}

async function readUpTo(path: string, limit: number): Promise<Buffer | undefined> {
  const file = await open(path)
  const pieces: Buffer[] = []
  let length = 0
  // The stream closes the file, also when the loop is left early.
  for await (const piece of file.createReadStream()) {
    pieces.push(piece as Buffer)
    length += (piece as Buffer).length
    if (length > limit) return undefined
  }
  return Buffer.concat(pieces)
}

function tooLong(path: string): ReadText {
  return { fault: { key: path, problem: 'it is larger than 1 MiB', remedy: 'a file of a few kilobytes' } }
}

type Reason = readonly [problem: string, remedy: string]

const missing: Reason = ['there is no such file', 'the path of the configuration file']
const forbidden: Reason = ['it may not be read', 'a file that this user may read']

const reasons: ReadonlyMap<string, Reason> = new Map([
  ['ENOENT', missing],
  ['ENOTDIR', missing],
  ['EISDIR', ['it is a directory', 'the path of a file in it']],
  ['EACCES', forbidden],
  ['EPERM', forbidden],
  ['ERR_ACCESS_DENIED', forbidden],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', ['it is not UTF-8', 'the file saved as UTF-8']],
])
