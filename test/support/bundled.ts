import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/**
 * A command that starts Node.js without tap, which hands itself to every process of Node.js that is started, whatever its
 * environment: a shell is none. Ten times cheaper, for what needs no coverage.
 */
export function bareNode(args: readonly string[]): [command: string, args: string[]] {
  return ['/bin/sh', ['-c', 'unset NODE_OPTIONS; exec "$0" "$@"', process.execPath, ...args]]
}

let main: string | undefined

/** The entry of the program as the image has it, made anew once per process from the sources as they are. */
export function bundledMain(): string {
  main ??= bundle()
  return main
}

function bundle(): string {
  const directory = mkdtempSync(join(tmpdir(), 'bc-sidecar-bundle-'))
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }))
  const dist = join(directory, 'dist')
  execFileSync(...bareNode([join(root, 'scripts/bundle.mjs'), dist]), {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  copyFileSync(join(root, 'package.json'), join(directory, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  return join(dist, 'main.js')
}
