import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))
const cache = join(root, 'node_modules', '.cache', 'bundle')

/**
 * A command that starts Node.js without tap, which hands itself to every process of Node.js that is started, whatever its
 * environment: a shell is none. Ten times cheaper, for what needs no coverage.
 */
export function bareNode(args: readonly string[]): [command: string, args: string[]] {
  return ['/bin/sh', ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', process.execPath, ...args]]
}

let main: string | undefined

/** The entry of the program as the image has it, made from the sources as they are; the processes of the tests share it. */
export function bundledMain(): string {
  main ??= join(bundle(), 'dist', 'main.js')
  return main
}

/** Made beside and renamed: another process may make the same at this moment. */
function bundle(): string {
  const directory = join(cache, fingerprint())
  if (existsSync(directory)) return directory
  const temporary = `${directory}.${process.pid}`
  execFileSync(...bareNode([join(root, 'scripts/bundle.mjs'), join(temporary, 'dist')]), {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  copyFileSync(join(root, 'package.json'), join(temporary, 'package.json'))
  removeOld()
  try {
    renameSync(temporary, directory)
  } catch (error) {
    if (!existsSync(directory)) throw error
    rmSync(temporary, { recursive: true })
  }
  return directory
}

/** Bundles of other states of the sources, and what was begun and never ended; not those that another run may be using. */
function removeOld(): void {
  const yesterday = Date.now() - 86_400_000
  for (const name of readdirSync(cache)) {
    const path = join(cache, name)
    const made = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? yesterday
    if (made < yesterday) rmSync(path, { recursive: true, force: true })
  }
}

/** Of all that the bundle is made from. */
function fingerprint(): string {
  const hash = createHash('sha256')
  const sources = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const others = ['scripts/bundle.mjs', 'tsconfig.json', 'package.json', 'package-lock.json']
  for (const path of [...others.map((name) => join(root, name)), ...sources])
    hash.update(`${path}\n`).update(readFileSync(path))
  return hash.digest('hex')
}
