import { type Test, test } from 'tap'
import type { Fault } from '../../src/config/fault.ts'
import { loadConfiguration } from '../../src/config/load.ts'
import { readText } from '../../src/config/read-text.ts'
import { errorOf } from './harness.ts'

test('a file that cannot be read is one fault', async (t) => {
  const dir = t.testdir({
    empty: '',
    'latin1.yaml': Buffer.from('a: caf\xe9', 'latin1'),
    'utf16.yaml': Buffer.from('\ufeffa: b', 'utf16le'),
    loop: t.fixture('symlink', 'loop'),
  })
  const table: ReadonlyArray<readonly [file: string, problem: string]> = [
    [`${dir}/missing.yaml`, 'there is no such file'],
    [`${dir}/empty/sidecar.yaml`, 'there is no such file'],
    [dir, 'it is a directory'],
    ['', 'it is a directory'],
    [`${dir}/latin1.yaml`, 'it is not UTF-8'],
    [`${dir}/utf16.yaml`, 'it is not UTF-8'],
    [`${dir}/loop`, 'it cannot be read (ELOOP)'],
    [`${dir}/a\0b`, 'it cannot be read (ERR_INVALID_ARG_VALUE)'],
    ['/dev/zero', 'it is larger than 1 MiB'],
    [`${dir}/empty`, 'it is empty'],
  ]
  for (const [file, problem] of table) {
    const { faults } = await errorOf(loadConfiguration({ env: {}, file, cwd: dir }))
    t.match(faults, [{ key: file === '' ? dir : file, problem }], problem)
    t.equal(faults.length, 1)
  }
})

test('a file may begin with a byte order mark', async (t) => {
  const dir = t.testdir({ a: '\ufeffa: b' })
  t.strictSame(await readText(`${dir}/a`), { text: 'a: b' })
})

/** The faults of a file with this content. */
async function faultsOfText(t: Test, text: string): Promise<readonly Fault[]> {
  const dir = t.testdir({ 'a.yaml': text })
  const error = await errorOf(loadConfiguration({ env: {}, file: 'a.yaml', cwd: dir }))
  t.notMatch(error.message, 'hunter2')
  return error.faults.map((fault) => ({ ...fault, key: fault.key.replace(`${dir}/`, '') }))
}

test('what is no YAML is told with line and column, and without the text', async (t) => {
  const table: ReadonlyArray<readonly [yaml: string, key: string | RegExp, problem: RegExp]> = [
    ['password: "hunter2', 'a.yaml:1:19', /quotation mark, bracket or comma/],
    ['a:\n  password: hunter2: x', 'a.yaml:2:13', /second colon/],
    ['environments:\n  password: "hunter2" hunter2', 'a.yaml:2:23', /not valid YAML/],
    ['a: 1\nb: 1\na: 2', 'a.yaml:3:1', /second time/],
    ['a: 1\n---\nb: 1', 'a.yaml:2:1', /second document/],
    ['a:\n\tb: hunter2', 'a.yaml:2:1', /a tab/],
    ['a:\n  b: 1\n c: hunter2', 'a.yaml:3:1', /indented wrongly/],
    ['password: !hunter2', 'a.yaml:1:11', /tag/],
    ['? [hunter2]\n: 1', 'a.yaml:1:3', /no key/],
    [`${'- '.repeat(5000)}`, /^a.yaml:1:\d+$/, /nested too deeply/],
    ['password: @hunter2', 'a.yaml:1:11', /not valid/],
    ['password: "\\hunter2"', 'a.yaml:1:12', /not valid/],
  ]
  for (const [yaml, key, problem] of table) {
    const faults = await faultsOfText(t, yaml)
    t.match(faults[0], { key, problem }, yaml.slice(0, 40))
    t.equal(new Set(faults.map((fault) => fault.key)).size, faults.length, 'one fault in one place')
  }
})

test('aliases that lead nowhere or multiply are a fault', async (t) => {
  const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]']
  for (const [before, name] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg']) {
    bomb.push(`${name}: &${name} [${`*${before}, `.repeat(9)}]`)
  }
  for (const yaml of ['password: *hunter2', bomb.join('\n')]) {
    t.match(await faultsOfText(t, yaml), [{ key: 'a.yaml', problem: /^an alias/ }])
  }
})

test('a file of another shape is told so', async (t) => {
  const table: ReadonlyArray<readonly [yaml: string, key: string, problem: RegExp]> = [
    ['# nothing', 'a.yaml', /is empty/],
    ['- a', 'a.yaml', /is a list/],
    ['hunter2', 'a.yaml', /is a single value/],
    ['%YAML 1.1\n---\n!!set { a }', 'a.yaml', /is a single value/],
    ['logLevel: info', 'environments', /names no environment/],
    ['environments:', 'environments', /names no environment/],
    ['environments: ""', 'environments', /names no environment/],
    ['environments: [a]', 'environments', /is a list/],
    ['environments: { a: hunter2 }', 'environments.a', /is a single value/],
    ['environments: { "a b": {} }', 'environments.a b', /is not a plain name/],
    ['environments: { __proto__: {} }', 'environments.__proto__', /is not a plain name/],
    ['environments: { a: "" }', 'environments.a.certificateFile', /is not set/],
    ['environments: &all { a: *all }', 'environments.a.a', /no such setting/],
  ]
  for (const [yaml, key, problem] of table) {
    t.match((await faultsOfText(t, yaml))[0], { key, problem }, yaml)
  }
})
