import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { test } from 'tap'

const tests = new URL('./', import.meta.url)
const entries = (folder: URL): string[] => readdirSync(fileURLToPath(folder))

test('no folder of tests is forgotten: each belongs to a suite', (t) => {
  const suites = entries(new URL('suites/', tests)).map((name) => {
    return readFileSync(new URL(`suites/${name}`, tests), 'utf8')
  })
  for (const folder of readdirSync(tests, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const files = entries(new URL(`${folder.name}/`, tests)).filter((name) => name.endsWith('.test.ts'))
    if (files.length === 0 || folder.name === 'suites') continue
    const call = new RegExp(`runFolder\\(\\s*'${folder.name}'`)
    t.ok(
      suites.some((suite) => call.test(suite)),
      folder.name,
    )
  }
  t.end()
})

test('all suites run at the same time', (t) => {
  const jobs = /^jobs: (\d+)$/m.exec(readFileSync(new URL('../.taprc', tests), 'utf8'))?.[1]
  t.equal(Number(jobs), entries(new URL('suites/', tests)).length)
  t.end()
})
