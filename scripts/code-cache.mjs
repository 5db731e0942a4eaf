/**
 * `node --predictable scripts/code-cache.mjs DIR`: writes what V8 compiles to load the bundle's `run` beside it, so that later
 * starts need not (src/cli/compiled-run.ts). No more than that: what `run` does then waits for files and sockets, and V8's
 * cache of it would not be the same bytes each time.
 */
import { rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

// Without it, Node.js says what is missing.
const [outdir] = process.argv.slice(2)
const cache = resolve(outdir, 'cli/run.cache')
rmSync(cache, { force: true })
const { codeCache } = await import(pathToFileURL(resolve(outdir, 'cli/compiled-run.js')).href)
writeFileSync(cache, codeCache())
