import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { type Test, test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const program = fileURLToPath(new URL('log-lines.ts', import.meta.url))
const stripTypes = new URL('../../scripts/strip-types.mjs', import.meta.url).href

function start(t: Test, ...args: string[]): ChildProcessByStdio<null, Readable, Readable> {
  return follow(t, bareNode([`--import=${stripTypes}`, program, ...args]))
}

function follow(t: Test, [command, args]: [string, string[]]): ChildProcessByStdio<null, Readable, Readable> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGKILL'))
  return child
}

for (const ending of ['return', 'exit', 'throw']) {
  test(`nothing is lost when a process ends by ${ending}, however slowly it is read`, async (t) => {
    const child = start(t, '3000', ending)
    const [output] = await Promise.all([text(child.stdout), once(child, 'close')])
    const lines = output.trimEnd().split('\n')
    const numbers = lines.map((line) => JSON.parse(line).line).sort((a, b) => a - b)
    t.equal(numbers.length, 3000)
    t.equal(numbers.at(-1), 3000)
    t.equal(child.exitCode, ending === 'throw' ? 1 : 0)
  })
}

test('a line is on standard output while the process goes on', async (t) => {
  const child = start(t, '1', 'stay')
  const [first] = await once(child.stdout, 'data')
  t.match(JSON.parse(String(first).split('\n')[0] ?? ''), { line: 1 })
  t.equal(child.exitCode, null)
})

test('a reader that goes away neither ends the process nor makes it spin', async (t) => {
  const child = start(t, '1', 'stay')
  await once(child.stdout, 'data')
  child.stdout.destroy()
  const ended = once(child, 'close')
  const gone = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 700, 'alive'))])
  t.equal(gone, 'alive')
  child.kill('SIGTERM')
  await ended
  t.equal(await text(child.stderr), '', 'it complained about nothing')
})

test('lines that a slow reader leaves no room for are counted, and told of', async (t) => {
  // With coverage: no other test has standard output read so slowly.
  const child = follow(t, [process.execPath, [...process.execArgv, program, '40000']])
  const lines = (await text(child.stdout))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const told = lines.find(({ event }) => event === 'log_lines_dropped')
  t.match(told, { level: 'warn', msg: 'standard output was read too slowly' })
  t.equal(told.lines + lines.length - 1, 40000)
})

test('without a terminal, pretty lines have no colour', async (t) => {
  const child = start(t, '2', 'return', 'pretty')
  const output = await text(child.stdout)
  t.match(output, /INFO: a line {2}line=1/)
  t.notMatch(output, '\u001b')
})
