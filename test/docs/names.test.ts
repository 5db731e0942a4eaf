import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { commands, parseArguments } from '../../src/cli/arguments.ts'
import { faultTable } from '../../src/simulator/faults.ts'
import { anchorsOf, codeOf, document, documents, linksOf, read, root, source } from './documents.ts'
import { codes, events, metricNames, variables } from './known.ts'

const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

const program = new RegExp(`(?:^|\\s)(?:bc-sidecar|\\S*main\\.js) ((?:${commands.join('|')})\\b.*)`)

/** Words with underscores that are not ours. */
const others = new Set(
  `access_token expires_in rule_files stop_grace_period read_only cap_drop no_new_privileges network_mode depends_on
  service_healthy runbook_url`.split(/\s+/),
)

for (const page of documents) {
  test(`${page.path} links to what exists`, (t) => {
    for (const { path, anchor } of linksOf(page)) {
      t.ok(existsSync(join(root, path)), path)
      if (anchor !== undefined) t.ok(anchorsOf(document(path)).has(anchor), `${path}#${anchor}`)
    }
    t.end()
  })

  test(`${page.path} names only what exists`, (t) => {
    const { blocks, spans } = codeOf(page.text)
    for (const [name] of page.text.matchAll(/\bBC_[A-Z_]*[A-Z]\b/g)) t.ok(variables.includes(name), name)
    for (const [name] of page.text.matchAll(/\bbc_sidecar_[a-z_]+/g))
      t.ok(metricNames.includes(name.replace(/_(bucket|sum|count)$/, '')), name)
    for (const word of spans.filter((span) => /^[a-z]+(_[a-z]+)+$/.test(span))) t.ok(isKnown(word), word)
    for (const path of spans.filter((span) => /^(src|test|docs|config|scripts|\.ci)\/[\w./-]+$/.test(span)))
      t.ok(existsSync(join(root, path)), path)
    for (const [, script = ''] of page.text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
      t.ok(Object.hasOwn(scripts, script), `npm run ${script}`)
    for (const line of [...blocks.flatMap((block) => block.split('\n')), ...spans])
      for (const command of commandsIn(line)) t.doesNotThrow(() => parseArguments(command), line)
    t.end()
  })
}

function isKnown(word: string): boolean {
  return (
    [...codes, ...events, ...metricNames].includes(word) || others.has(word) || source.includes(`${word}:`)
  )
}

/** What follows the program's name on a command line. */
function commandsIn(line: string): string[][] {
  const [, rest] = program.exec(line) ?? []
  return rest === undefined ? [] : [rest.replace(/ [|>&;].*/, '').split(' ')]
}

test('every command is in the README, and every option in some page', (t) => {
  const all = documents.map(({ text }) => text).join('\n')
  for (const command of commands) t.match(document('README.md'), new RegExp(`^\\| \`${command}\\b`, 'm'))
  for (const option of [
    '--config',
    '--json',
    '--offline',
    '--wait',
    '--dir',
    '--faults',
    '--help',
    '--version',
  ])
    t.ok(all.includes(option), option)
  t.ok(faultTable.length > 0)
  t.end()
})
