import { createHash } from 'node:crypto'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const require = createRequire(import.meta.url)
const { version } = require('@swc/wasm-typescript/package.json')
const cache = fileURLToPath(new URL('../node_modules/.cache/strip-types', import.meta.url))

/** https://nodejs.org/docs/latest-v20.x/api/module.html#loadurl-context-nextload */
export async function load(url, context, nextLoad) {
  if (!/^file:.*\.ts$/.test(url) || url.includes('/node_modules/')) return nextLoad(url, context)
  const path = fileURLToPath(url)
  return { format: 'module', source: await stripped(path, await readFile(path, 'utf8')), shortCircuit: true }
}

async function stripped(path, text) {
  const key = createHash('sha256').update(`${version}\n${path}\n${text}`).digest('hex')
  const kept = join(cache, `${key}.js`)
  return readFile(kept, 'utf8').catch(async () => {
    const source = strip(path, text)
    await keep(kept, source).catch(() => undefined)
    return source
  })
}

/** By rename: another test may read it at this moment. */
async function keep(kept, source) {
  const temporary = `${kept}.${process.pid}`
  await mkdir(cache, { recursive: true })
  await writeFile(temporary, source)
  await rename(temporary, kept)
}

/** As Node.js does it from version 22 on, and with the same compiler: types become white space, so that no place changes. */
function strip(filename, text) {
  return require('@swc/wasm-typescript').transformSync(text, { filename, mode: 'strip-only' }).code
}
