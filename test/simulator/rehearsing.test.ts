import { readFileSync } from 'node:fs'
import { test } from 'tap'
import { parseArguments } from '../../src/cli/arguments.ts'
import { faultTable, parseFaults } from '../../src/simulator/faults.ts'

const page = readFileSync(new URL('../../docs/rehearsing.md', import.meta.url), 'utf8')
const nameOf = (fault: string): string => fault.replace(/[[=:].*/, '')

test('docs/rehearsing.md has a row for each fault, and for no other', (t) => {
  const rows = [...page.matchAll(/^\| `([^`]+)` \|/gm)].map(([, fault = '']) => fault)
  t.strictSame(rows.map(nameOf).toSorted(), faultTable.map(({ name }) => nameOf(name)).toSorted())
  for (const fault of rows) t.doesNotThrow(() => parseFaults(fault), fault)
  t.end()
})

test('its commands are ones', (t) => {
  const [, line = ''] = /^bc-sidecar (simulate .*)$/m.exec(page) ?? []
  const { faults } = parseArguments(line.split(' '))
  t.equal(parseFaults(faults).length, 3)
  t.end()
})
