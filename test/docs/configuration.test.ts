import { test } from 'tap'
import { type Setting, settings } from '../../src/config/settings.ts'
import { document } from './documents.ts'

const text = document('docs/configuration.md')

/** The cells of a setting's row. */
function rowOf(variable: string): readonly string[] {
  const rows = text.split('\n').filter((line) => line.startsWith(`| \`${variable}\` |`))
  if (rows.length !== 1) throw new Error(`${variable} has ${rows.length} rows`)
  return String(rows[0])
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

function defaultText({ default: fallback = '', required, expects }: Setting): string {
  if (required) return 'needed'
  const isWords = /environment's|everything|bundled/.test(fallback) || fallback === ''
  return isWords ? fallback : `\`${fallback}\`${expects === '' ? '!' : ''}`
}

for (const setting of settings) {
  test(`${setting.variable} is documented with its key and its default`, (t) => {
    const [, ...cells] = rowOf(setting.variable)
    const key = setting.key === undefined ? [] : [`\`${setting.key}\``]
    t.strictSame(cells.slice(0, -1), [...key, defaultText(setting)])
    t.match(cells.at(-1), /.{10}/, 'in words')
    t.end()
  })
}

test('no other setting is documented', (t) => {
  const rows = [...text.matchAll(/^\| `([A-Z_]+)` \|/gm)].map(([, variable]) => variable)
  t.strictSame(rows.toSorted(), settings.map(({ variable }) => variable).toSorted())
  t.end()
})

test('the defaults in the README are right', (t) => {
  const readme = document('README.md')
  for (const setting of settings) {
    const [, value] = new RegExp(`^\\| \`${setting.variable}\` \\| ([^|]*) \\|`, 'm').exec(readme) ?? []
    if (value !== undefined) t.equal(value.replaceAll('`', ''), defaultText(setting).replaceAll('`', ''))
  }
  t.end()
})
