import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Script } from 'node:vm'

type Run = typeof import('./run.ts')
type Bundled = (module: { exports: Run }, require: NodeJS.Require, url: string) => void

const digestBytes = 32
const source = readFileSync(new URL('run.cjs', import.meta.url), 'utf8')

/**
 * What `command.ts` imports in the bundle in place of `run.ts`: the same in one script, with what V8 compiled of it when the
 * bundle was made. Without that, or when V8 rejects it as made by another version or with other flags, it is compiled as any other.
 */
export const script = new Script(source, { filename: 'dist/cli/run.cjs', ...keptCode() })

const bundled = { exports: {} as Run }
const define: Bundled = script.runInThisContext()
define(bundled, createRequire(import.meta.url), import.meta.url)

export const { run } = bundled.exports

/** For run.cache: V8's code cache behind a digest of it and of the script, since V8 compares no more than their lengths. */
export function codeCache(): Buffer {
  const cachedData = script.createCachedData()
  return Buffer.concat([digestOf(cachedData), cachedData])
}

function keptCode(): { cachedData?: Buffer } {
  const file = new URL('run.cache', import.meta.url)
  if (!existsSync(file)) return {}
  const kept = readFileSync(file)
  const cachedData = kept.subarray(digestBytes)
  return digestOf(cachedData).equals(kept.subarray(0, digestBytes)) ? { cachedData } : {}
}

function digestOf(cachedData: Buffer): Buffer {
  return createHash('sha256').update(source).update(cachedData).digest()
}
