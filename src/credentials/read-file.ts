import { constants, type FileHandle, open } from 'node:fs/promises'
import { SidecarError } from '../errors.ts'
import { unusable } from './unusable.ts'

/** More than any bundle of roots, and little enough to read every second. */
const mostBytes = 4 * 1024 * 1024

const faults: Readonly<Record<string, readonly [problem: string, cure: string]>> = {
  ENOENT: ['does not exist', 'put it there, or correct the path'],
  ENOTDIR: ['does not exist', 'put it there, or correct the path'],
  EACCES: ['may not be read by the user that this process runs as', 'change its owner, group or mode'],
  EPERM: ['may not be read by the user that this process runs as', 'change its owner, group or mode'],
  ELOOP: ['is a symbolic link that leads back to itself', 'correct the link'],
}

/** Reads a regular file whole. Throws certificate_unusable; `name` is what the message calls the file. */
export async function readWhole({ path, name }: { path: string; name: string }): Promise<Buffer> {
  try {
    // Opening a pipe would wait for its writer, but for O_NONBLOCK.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      return await readRegular(file, name)
    } finally {
      await file.close()
    }
  } catch (error) {
    throw readFault(name, error)
  }
}

async function readRegular(file: FileHandle, name: string): Promise<Buffer> {
  const stats = await file.stat()
  if (stats.isDirectory()) throw unusable(`the ${name} is a directory`, 'name a file in it')
  if (!stats.isFile()) throw unusable(`the ${name} is no regular file`, 'give a regular file')
  if (stats.size <= mostBytes) return file.readFile()
  throw unusable(`the ${name} is larger than ${mostBytes} bytes`, 'check that it is the right file')
}

function readFault(name: string, error: unknown): SidecarError {
  if (error instanceof SidecarError) return error
  const code = String((error as NodeJS.ErrnoException).code)
  const [problem, cure] = faults[code] ?? [`cannot be read (${code})`, 'check the file and its file system']
  return unusable(`the ${name} ${problem}`, cure, error)
}
