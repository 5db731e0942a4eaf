import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { readSnapshot, readStableSnapshot, type SnapshotOptions } from '../../src/credentials/snapshot.ts'
import { SidecarError } from '../../src/errors.ts'

const digestKey = Buffer.from('random')

test('the same contents have the same digest, whatever happens to the files', async (t) => {
  const { path, options } = snapshotFiles(t)
  const first = await readSnapshot(options)
  writeFileSync(join(path, 'username'), 'someone')
  t.equal((await readSnapshot(options)).digest, first.digest)
  writeFileSync(join(path, 'username'), 'someone else')
  t.not((await readSnapshot(options)).digest, first.digest)
  t.not((await readSnapshot({ ...options, digestKey: Buffer.from('other') })).digest, first.digest)
})

test('a byte that moves from one file to the next changes the digest', async (t) => {
  const { path, options } = snapshotFiles(t)
  const first = await readSnapshot(options)
  writeFileSync(join(path, 'username'), 'someoneh')
  writeFileSync(join(path, 'password'), 'unter2')
  t.not((await readSnapshot(options)).digest, first.digest)
})

test('a file that cannot be read is part of the snapshot, with its reason', async (t) => {
  const { path, options } = snapshotFiles(t)
  const files = [...options.files, { role: 'ca', path: join(path, 'none'), name: 'CA file' } as const]
  const snapshot = await readSnapshot({ ...options, files })
  t.ok(snapshot.files.get('ca')?.content instanceof SidecarError)
  t.strictSame(snapshot.files.get('password')?.content, Buffer.from('hunter2'))
  t.equal((await readSnapshot({ ...options, files })).digest, snapshot.digest)
})

test('a stable snapshot is one that was read twice, unless the files never rest', async (t) => {
  const { path, options } = snapshotFiles(t)
  t.equal((await readStableSnapshot(options)).digest, (await readSnapshot(options)).digest)
  let changes = 0
  const restless: SnapshotOptions = {
    ...options,
    get digestKey() {
      writeFileSync(join(path, 'username'), `someone ${changes++}`)
      return digestKey
    },
  }
  await readStableSnapshot(restless, 4)
  t.equal(changes, 4)
})

function snapshotFiles(t: Test): { path: string; options: SnapshotOptions } {
  const path = t.testdir({ username: 'someone', password: 'hunter2' })
  const file = (role: 'username' | 'password') => ({ role, path: join(path, role), name: role }) as const
  return { path, options: { files: [file('username'), file('password')], digestKey } }
}
