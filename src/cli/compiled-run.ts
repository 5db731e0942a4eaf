import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Script } from 'node:vm'

type Run = typeof import('./run.ts')
type Bundled = (module: { exports: Run }, require: NodeJS.Require, url: string) => void

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))

/**
 * What `command.ts` imports in the bundle in place of `run.ts`: the same in one script, with what V8 made of it when the code
 * cache was written (scripts/code-cache.mjs). Without a cache, or with one of another V8, it is compiled as any other.
 */
export const script = new Script(readFileSync(file('run.cjs'), 'utf8'), {
  filename: file('run.cjs'),
  ...(existsSync(file('run.cache')) && { cachedData: readFileSync(file('run.cache')) }),
})

const bundled = { exports: {} as Run }
const define: Bundled = script.runInThisContext()
define(bundled, createRequire(import.meta.url), import.meta.url)

export const { run } = bundled.exports
