import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSound } from './credential-check.ts'
import {
  type CredentialSet,
  type CredentialSetOptions,
  createCredentialSet,
  type FileName,
  fileNames,
} from './credential-set.ts'

const publicFiles: ReadonlySet<FileName> = new Set(['ca.pem', 'client.pem'])

/**
 * The set of credentials in `dir`: the one that an earlier run left, when it is whole and still holds, so that
 * a restart breaks nobody's connection; else a new one, written before this resolves. `dir` is made if missing.
 */
export async function openCredentialDirectory(
  dir: string,
  options: CredentialSetOptions,
): Promise<CredentialSet> {
  try {
    await mkdir(dir, { recursive: true })
    const found = await readSet(dir)
    if (found !== undefined && isSound(found, options.now)) return found
    const made = await createCredentialSet(options)
    for (const name of fileNames) await replace(dir, name, made[name])
    return made
  } catch (cause) {
    throw new Error(`cannot keep credentials in ${dir}: ${(cause as Error).message}`, { cause })
  }
}

async function readSet(dir: string): Promise<CredentialSet | undefined> {
  const reading = fileNames.map(async (name) => [name, await readFile(join(dir, name))] as const)
  try {
    return Object.fromEntries(await Promise.all(reading)) as Record<FileName, Buffer>
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** By rename, so that nobody reads half a file; `wx`, so that nobody else's file is written through. */
async function replace(dir: string, name: FileName, content: Buffer): Promise<void> {
  const temporary = join(dir, `.${name}.tmp`)
  await rm(temporary, { force: true })
  await writeFile(temporary, content, { flag: 'wx', mode: publicFiles.has(name) ? 0o644 : 0o600 })
  await rename(temporary, join(dir, name))
}
