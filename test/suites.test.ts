import { existsSync, readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const tests = new URL('./', import.meta.url)
const entries = (folder: URL): string[] => readdirSync(fileURLToPath(folder))

test('no folder of tests is forgotten: each has a suite of its name', (t) => {
  for (const folder of readdirSync(tests, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const files = entries(new URL(`${folder.name}/`, tests)).filter((name) => name.endsWith('.test.ts'))
    if (files.length === 0 || folder.name === 'suites') continue
    t.ok(existsSync(new URL(`suites/${folder.name}.test.ts`, tests)), folder.name)
  }
  t.end()
})
