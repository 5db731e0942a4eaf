import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'tap'
import { readWhole } from '../../src/credentials/read-file.ts'

test('a file is read whole, through links', async (t) => {
  const path = t.testdir({ file: 'content', link: t.fixture('symlink', 'file') })
  t.equal((await readWhole({ path: join(path, 'link'), name: 'password file' })).toString(), 'content')
})

test('why a file cannot be read is said', async (t) => {
  const path = t.testdir({ file: 'content', large: '' })
  mkdirSync(join(path, 'directory'))
  symlinkSync('loop', join(path, 'loop'))
  writeFileSync(join(path, 'large'), Buffer.alloc(4 * 1024 * 1024 + 1))
  const cases: Array<[file: string, sentence: RegExp]> = [
    ['missing', /^the password file does not exist; put it there, or correct the path$/],
    ['file/below', /^the password file does not exist; /],
    ['directory', /^the password file is a directory; name a file in it$/],
    ['loop', /^the password file is a symbolic link that leads back to itself; /],
    ['large', /^the password file is larger than 4194304 bytes; /],
    ['n'.repeat(300), /^the password file cannot be read \(ENAMETOOLONG\); /],
  ]
  for (const [file, message] of cases) {
    await t.rejects(readWhole({ path: join(path, file), name: 'password file' }), {
      code: 'certificate_unusable',
      message,
    })
  }
})

test('a device is no file, and is not waited for', async (t) => {
  const message = /^the password file is no regular file; /
  await t.rejects(readWhole({ path: '/dev/null', name: 'password file' }), { message })
  // Not in t.testdir(): a socket's path ends at 107 characters, and what is longer is cut off without a word.
  const directory = mkdtempSync(join(tmpdir(), 'bc-device-'))
  t.teardown(() => rmSync(directory, { recursive: true }))
  const socket = join(directory, 's')
  const server = createServer().listen(socket)
  t.teardown(() => server.close())
  await once(server, 'listening')
  await t.rejects(readWhole({ path: socket, name: 'password file' }), { message: /cannot be read \(ENXIO\)/ })
})

test('a file that this user may not read is told from a missing one', async (t) => {
  const path = join(t.testdir({ file: 'content' }), 'file')
  chmodSync(path, 0)
  // root reads everything: as nobody, it does not.
  const root = process.geteuid?.() === 0
  if (root) process.seteuid?.(65_534)
  try {
    await t.rejects(readWhole({ path, name: 'password file' }), {
      message: /^the password file may not be read by the user that this process runs as; /,
    })
  } finally {
    if (root) process.seteuid?.(0)
  }
})
