import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { test } from 'tap'
import { stringify } from 'yaml'
import { ConfigurationError } from '../../src/config/fault.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { settings } from '../../src/config/settings.ts'
import { anyText } from '../support/any-text.ts'
import { soundVariables } from './harness.ts'

const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 100) }
const marker = 'hunter2'

const pieces = fc.oneof(
  fc.constantFrom(
    '127.0.0.1:8080',
    '[::1]:0',
    'unix:/a',
    'https://a.example',
    'http://',
    'redis://a:b@c',
    'GET /a/**',
  ),
  fc.constantFrom(
    'true',
    'now',
    '10',
    '-1',
    '1e9',
    ',',
    ' ',
    '\0',
    '%',
    '%zz',
    '..',
    '*',
    '://',
    '@',
    '?',
    '#',
    '\u202e',
  ),
  anyText({ maxLength: 12 }),
)
const text = fc.array(pieces, { maxLength: 4 }).map((parts) => parts.join(''))
const variable = fc.oneof(
  fc.constantFrom(...settings.map((setting) => setting.variable)),
  fc.string({ maxLength: 8 }).map((end) => `BC_${end}`),
)

/** Nothing but a ConfigurationError, whose every fault says something. */
async function isSoundOrTold(loading: Promise<unknown>): Promise<string> {
  const result = await loading.catch((error: unknown) => error)
  if (!(result instanceof Error)) return ''
  if (!(result instanceof ConfigurationError)) throw result
  const told = result.faults.every(
    ({ key, problem, remedy }) => key !== '' && problem !== '' && remedy !== '',
  )
  if (!told || result.faults.length === 0) throw new Error('a fault says nothing', { cause: result })
  return result.message
}

test('no variables end in anything but a configuration or its faults', async (t) => {
  const property = fc.asyncProperty(fc.dictionary(variable, text, { maxKeys: 8 }), async (env) => {
    const { BC_CONFIG_FILE: _, ...rest } = env
    await isSoundOrTold(loadConfiguration({ env: soundVariables(rest) }))
  })
  await t.resolves(fc.assert(property, runs))
})

test('no text in a file ends in anything but a configuration or its faults', async (t) => {
  const file = join(t.testdir({}), 'a.yaml')
  const structure = fc.constantFrom(
    'environments:\n',
    '  a:\n',
    '    listen: ',
    '- ',
    '? ',
    '&a ',
    '*a',
    '!!set ',
    '{',
    '[',
    '"',
    '|\n',
  )
  const yaml = fc.array(fc.oneof(structure, pieces), { maxLength: 12 }).map((parts) => parts.join(''))
  const property = fc.asyncProperty(yaml, async (content) => {
    await writeFile(file, content)
    await isSoundOrTold(loadConfiguration({ env: {}, file }))
  })
  await t.resolves(fc.assert(property, runs))
})

test('no value in a file ends in anything but a configuration or its faults', async (t) => {
  const file = join(t.testdir({}), 'a.yaml')
  const key = fc.constantFrom(...settings.flatMap((setting) => setting.key ?? []), 'fruit')
  const section = fc.dictionary(key, fc.oneof(text, fc.jsonValue({ maxDepth: 2 })), { maxKeys: 6 })
  const document = fc.tuple(section, fc.dictionary(fc.constantFrom('sandbox', 'own', 'a b'), section))
  const property = fc.asyncProperty(document, async ([top, environments]) => {
    await writeFile(file, stringify({ ...top, environments }))
    await isSoundOrTold(loadConfiguration({ env: {}, file }))
  })
  await t.resolves(fc.assert(property, runs))
})

test('no fault shows a secret, wherever in its setting it stands', async (t) => {
  const file = join(t.testdir({}), 'a.yaml')
  const secrets = settings.filter(({ secret, expects }) => secret || expects.includes('https origin'))
  const secret = fc.record({
    setting: fc.constantFrom(...secrets),
    before: text,
    after: text,
    number: fc.constantFrom('', '0', 'redis://', 'https://', 'http://a:'),
  })
  const property = fc.asyncProperty(
    secret,
    fc.boolean(),
    async ({ setting, before, after, number }, inFile) => {
      const value = `${number}${before}${marker}${after}`
      const { variable: name, key, scope } = setting
      const section =
        scope === 'environment'
          ? { environments: { sandbox: { [key ?? '']: value } } }
          : { [key ?? name]: value }
      await writeFile(file, stringify(section))
      const loading = inFile
        ? loadConfiguration({ env: {}, file })
        : loadConfiguration({ env: soundVariables({ [name]: value, BC_TYPO: '' }) })
      const message = await isSoundOrTold(loading)
      if (message.includes(marker)) throw new Error(message)
    },
  )
  await t.resolves(fc.assert(property, runs))
})

test('no error of the YAML parser shows the text', async (t) => {
  const file = join(t.testdir({}), 'a.yaml')
  const property = fc.asyncProperty(text, text, async (before, after) => {
    await writeFile(
      file,
      `environments:\n  sandbox:\n    password: ${before}${marker}${after}\n    listen: !x`,
    )
    const message = await isSoundOrTold(loadConfiguration({ env: {}, file }))
    if (message.includes(marker)) throw new Error(message)
  })
  await t.resolves(fc.assert(property, runs))
})
