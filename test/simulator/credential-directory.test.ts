import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { isSound } from '../../src/simulator/credential-check.ts'
import { openCredentialDirectory } from '../../src/simulator/credential-directory.ts'
import { createCredentialSet, fileNames } from '../../src/simulator/credential-set.ts'
import { generateKeys } from './bank-client.ts'

const now = Date.now()
const dayMs = 86_400_000
const options = { now, generateKeys }
const one = createCredentialSet(options)
const other = createCredentialSet(options)

test('a directory that is missing is made, with every file in it, secrets for the owner alone', async (t) => {
  const dir = join(t.testdir(), 'new', 'deep')
  const set = await openCredentialDirectory(dir, options)
  t.strictSame(readdirSync(dir).sort(), [...fileNames].sort())
  for (const name of fileNames) {
    const open = name === 'ca.pem' || name === 'client.pem'
    t.equal(statSync(join(dir, name)).mode & 0o777, open ? 0o644 : 0o600, name)
  }
  t.strictSame(await openCredentialDirectory(dir, options), set, 'the next start finds the same')
})

test('a set that lacks a file is made again, and nothing of it is left', async (t) => {
  const dir = t.testdir(withText(await one))
  rmSync(join(dir, 'password'))
  writeFileSync(join(dir, '.ca.pem.tmp'), 'left by a run that was killed')
  const made = await openCredentialDirectory(dir, options)
  t.notOk(made['ca.pem'].equals((await one)['ca.pem']))
  t.ok(isSound(made, now))
  t.strictSame(readdirSync(dir).sort(), [...fileNames].sort())
})

test('a set of which half is of another run is made again', async (t) => {
  const [old, renewed] = [await one, await other]
  for (const name of fileNames) {
    const mixed = { ...old, [name]: renewed[name] }
    const harmless = name === 'username' || name === 'password'
    t.equal(isSound(mixed, now), harmless, name)
  }
})

test('a set with an empty user name or password, or with nonsense in it, is unsound', async (t) => {
  for (const name of fileNames)
    t.notOk(isSound({ ...(await one), [name]: Buffer.alloc(0) }, now), `empty ${name}`)
  t.notOk(isSound({ ...(await one), 'client-legacy.pfx': Buffer.from('nonsense') }, now))
})

test('a set with a certificate file that was altered, or has another passphrase, is unsound', async (t) => {
  const set = await one
  for (const name of ['client.pfx', 'client-legacy.pfx'] as const) {
    const altered = Buffer.from(set[name])
    altered.writeUInt8(altered.readUInt8(altered.length >> 1) ^ 1, altered.length >> 1)
    t.notOk(isSound({ ...set, [name]: altered }, now), name)
  }
  t.notOk(isSound({ ...set, passphrase: Buffer.from('another') }, now))
})

test('a set whose client certificate ends within a day is made again', async (t) => {
  t.ok(isSound(await one, now + 88 * dayMs))
  t.notOk(isSound(await one, now + 89.5 * dayMs))
})

test('a directory that cannot be one is named in the error', async (t) => {
  const dir = t.testdir({ file: 'x', holds: { ...(await one), 'ca.pem': {} } })
  await t.rejects(
    openCredentialDirectory(join(dir, 'file'), options),
    /cannot keep credentials in .*file: EEXIST/,
  )
  await t.rejects(
    openCredentialDirectory(join(dir, 'holds'), options),
    /cannot keep credentials in .*holds: EISDIR/,
  )
})

test('nothing is written through a link that somebody else put there', async (t) => {
  const dir = t.testdir({ target: 'untouched', set: { '.password.tmp': t.fixture('symlink', '../target') } })
  await openCredentialDirectory(join(dir, 'set'), options)
  t.equal(statSync(join(dir, 'target')).size, 'untouched'.length)
})

function withText(set: Awaited<typeof one>): Record<string, Buffer> {
  return Object.fromEntries(Object.entries(set))
}
