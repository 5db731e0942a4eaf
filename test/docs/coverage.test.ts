import { test } from 'tap'
import { problems } from '../../src/errors.ts'
import { document, read } from './documents.ts'
import { codes, events, metricNames } from './known.ts'

const troubleshooting = document('docs/troubleshooting.md')
const monitoring = document('docs/monitoring.md')

test('every code has a section with its status and what to do', (t) => {
  for (const [code, { status }] of Object.entries(problems)) {
    const [, section = ''] = new RegExp(`^### \`${code}\`\n\n(.*?)\n\n#`, 'ms').exec(troubleshooting) ?? []
    t.match(section, new RegExp(`^${status}\\b`), code)
    t.match(section, /\*\*Do:\*\* /, code)
  }
  const [, listed = ''] = /^## Codes$(.*?)^## /ms.exec(troubleshooting) ?? []
  const headings = [...listed.matchAll(/^### `(\w+)`$/gm)].map(([, code]) => code)
  t.strictSame(headings.toSorted(), codes.toSorted())
  t.end()
})

test('every code is in the README with its status', (t) => {
  const readme = document('README.md')
  for (const [code, { status }] of Object.entries(problems))
    t.match(readme, new RegExp(`\\| \`${code}\` \\| ${status} \\|`), code)
  t.end()
})

test('every step of check has a section', (t) => {
  const [, union = ''] = /export type Step =\n(.*?)\n\n/s.exec(read('src/cli/check/finding.ts')) ?? []
  const steps = [...union.matchAll(/'([a-z ]+)'/g)].map(([, step]) => step)
  const [, listed = ''] = /^## Check$(.*?)^## /ms.exec(troubleshooting) ?? []
  t.strictSame(
    [...listed.matchAll(/^### `([a-z ]+)`$/gm)].map(([, step]) => step).toSorted(),
    steps.toSorted(),
  )
  t.end()
})

test('every metric and every log event has a row', (t) => {
  const rows = [...monitoring.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name)
  t.strictSame(rows.toSorted(), [...metricNames, ...events].toSorted())
  t.end()
})
