import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** tap hands itself to every process of Node.js that is started, whatever its environment: a shell is none. */
export const withoutOptions = 'unset NODE_OPTIONS; exec "$0" "$@"'

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
  const command = [process.execPath, join(root, 'scripts/bundle.mjs'), dist]
  execFileSync('/bin/sh', ['-c', withoutOptions, ...command], { stdio: ['ignore', 'ignore', 'inherit'] })
  copyFileSync(join(root, 'package.json'), join(directory, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'))
  return join(dist, 'main.js')
}
