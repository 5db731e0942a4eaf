import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { createSecretFile, type SecretFile } from '../../src/credentials/secret-file.ts'
import { until } from '../support/until.ts'

test('what the file holds is accepted, its trailing line break aside, and nothing else', async (t) => {
  const { secret } = watched(t, 'sesame öffne\n')
  t.equal(secret.accepts('sesame'), false)
  await secret.started
  t.equal(secret.accepts(asHeader('sesame öffne')), true)
  for (const wrong of [
    '',
    'sesame',
    asHeader('sesame öffne '),
    asHeader('Sesame öffne'),
    'x'.repeat(100_000),
  ]) {
    t.equal(secret.accepts(wrong), false)
  }
  t.equal(secret.problem(), null)
})

test('a replaced value stays good for a while, also when it is replaced again', async (t) => {
  const { secret, write, clock } = watched(t, 'one')
  await secret.started
  write('two')
  await until(() => secret.accepts('two'))
  clock.nowMs += 30_000
  write('three')
  await until(() => secret.accepts('three'))
  t.equal(secret.accepts('one') && secret.accepts('two'), true)
  clock.nowMs += 30_000
  t.equal(secret.accepts('one'), false)
  t.equal(secret.accepts('two'), true)
  clock.nowMs += 30_000
  t.equal(secret.accepts('two'), false)
  write('two')
  await until(() => secret.accepts('two'))
  t.equal(secret.accepts('three'), true)
})

test('without a sound file nothing is accepted, and the reason is said once', async (t) => {
  const { secret, write, problems } = watched(t, '')
  await secret.started
  t.equal(secret.accepts(''), false)
  t.match(secret.problem(), /^the app secret file \S+ is empty; /)
  write('two\nlines')
  await until(() => problems.length === 2)
  t.equal(secret.accepts('two\nlines'), false)
  write('fine')
  await until(() => secret.accepts('fine'))
  t.match(problems, [/ is empty; /, / no header can carry; /, null])
  t.equal(problems.length, 3)
})

test('with nothing but a path, the defaults are seconds', async (t) => {
  const secret = createSecretFile({ path: join(t.testdir({ secret: '\n' }), 'secret') })
  await secret.started
  t.match(secret.problem(), / is empty; /)
  await secret.close()
})

test('a file that vanishes leaves its value good', async (t) => {
  const { secret, path, problems, write, clock } = watched(t, 'one')
  await secret.started
  rmSync(path)
  await until(() => secret.problem())
  clock.nowMs += 3_600_000
  t.equal(secret.accepts('one'), true)
  t.match(problems, [/^the app secret file \S+ does not exist; /])
  write('one')
  await until(() => secret.problem() === null)
})

test('looking at once takes a value without waiting for a second reading', async (t) => {
  const path = join(t.testdir({ secret: 'one' }), 'secret')
  const secret = createSecretFile({ path, pollMs: 2 ** 30 })
  t.teardown(() => secret.close())
  await secret.started
  writeFileSync(`${path}.new`, 'two')
  renameSync(`${path}.new`, path)
  secret.look()
  await until(() => secret.accepts('two'))
  t.equal(secret.accepts('one'), true)
})

interface Watched {
  secret: SecretFile
  path: string
  problems: Array<string | null>
  clock: { nowMs: number }
  write: (content: string | Buffer) => void
}

function watched(t: Test, content: string): Watched {
  const path = join(t.testdir({ secret: content }), 'secret')
  const clock = { nowMs: 0 }
  const problems: Array<string | null> = []
  const report = (problem: string | null): void => void problems.push(problem)
  const secret = createSecretFile({ path, pollMs: 5, now: () => clock.nowMs, report })
  t.teardown(() => secret.close())
  return { secret, path, problems, clock, write: (next) => writeFileSync(path, next) }
}

/** As Node.js gives a header: a character per byte. */
function asHeader(text: string): string {
  return Buffer.from(text).toString('latin1')
}
