import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'tap'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')

interface Statement {
  readonly vulnerability: { readonly name: string }
  readonly products: readonly {
    readonly '@id': string
    readonly subcomponents: readonly { '@id': string }[]
  }[]
  readonly status: string
  readonly justification?: string
  readonly impact_statement?: string
}

const { statements, ...head } = JSON.parse(read('security/openvex.json')) as {
  readonly statements: readonly Statement[]
} & Record<string, unknown>
const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> }

// https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md
const justifications = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
]

test('the document is OpenVEX, and says a thing once', async (t) => {
  t.match(head, {
    '@context': 'https://openvex.dev/ns/v0.2.0',
    '@id': /^urn:uuid:/,
    author: String,
    timestamp: /^\d{4}-\d\d-\d\dT[\d:]+Z$/,
    version: Number,
  })
  const names = statements.map(({ vulnerability }) => vulnerability.name)
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^(CVE-\d{4}-\d+|GHSA(-[a-z\d]{4}){3})$/)
  for (const { status } of statements)
    t.ok(['not_affected', 'affected', 'fixed', 'under_investigation'].includes(status), status)
})

test('each statement is about the versions that are installed', async (t) => {
  for (const { vulnerability, products } of statements) {
    t.equal(products.length, 1, vulnerability.name)
    t.equal(products[0]?.['@id'], `pkg:npm/bc-sidecar@${lock.packages['']?.version}`)
    t.ok((products[0]?.subcomponents ?? []).length > 0)
    for (const { '@id': purl } of products[0]?.subcomponents ?? []) {
      const [, name = '', version] = /^pkg:npm\/(.+)@([^@]+)$/.exec(purl) ?? []
      t.equal(lock.packages[`node_modules/${decodeURIComponent(name)}`]?.version, version, purl)
    }
  }
})

test('what does not affect us says why, and which test shows it', async (t) => {
  for (const { vulnerability, status, justification, impact_statement: impact } of statements) {
    if (status !== 'not_affected') continue
    t.ok(justifications.includes(String(justification)), vulnerability.name)
    const shown = /Shown by (test\/\S+\.test\.ts)$/.exec(String(impact))?.[1]
    t.ok(shown !== undefined && existsSync(new URL(shown, root)), vulnerability.name)
  }
})

test('of undici only its agent and its errors are used', async (t) => {
  const used = sources().flatMap((text) =>
    [...text.matchAll(/import (.*) from 'undici'/g)].map(([, what]) => what),
  )
  t.same([...new Set(used)].toSorted(), [
    'type { Dispatcher }',
    'type { buildConnector }',
    '{ Agent, type Dispatcher }',
    '{ errors }',
  ])
})

test('every test that SECURITY.md links exists', async (t) => {
  const links = [...read('SECURITY.md').matchAll(/\]\(([^)]+)\)/g)].map(([, path]) => String(path))
  t.ok(links.length > 30)
  for (const path of links) t.ok(existsSync(new URL(path, root)), path)
})

function sources(): string[] {
  const names = readdirSync(new URL('src', root), { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.ts')).map((name) => read(`src/${name}`))
}
