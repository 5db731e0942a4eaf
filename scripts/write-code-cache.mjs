/** The process that scripts/code-cache.mjs starts: `run` of the bundle, as `command.ts` calls it, until SIGTERM. */
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const [directory] = process.argv.slice(2)
const cache = join(directory, 'run.cache')
rmSync(cache, { force: true })
const { run, script } = await import(pathToFileURL(join(directory, 'compiled-run.js')).href)
// Before it stops: how it does that need not be read at each start.
process.on('SIGTERM', () => writeFileSync(cache, script.createCachedData()))
await run(process, { config: undefined, version: 'build' })
process.exit()
