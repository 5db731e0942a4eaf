import { existsSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { getOverSocket, socketDirectory, startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'

test('both listeners may be unix sockets, which outlive no end, not even a hard one', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const files = writeCredentials(t.testdir(), { bank, authority, client: await authority.client() })
  const directory = socketDirectory(t)
  const [apps, admin] = [join(directory, 'apps.sock'), join(directory, 'admin.sock')]
  const env = { ...files, BC_LISTEN: `unix:${apps}`, BC_ADMIN_LISTEN: `unix:${admin}` }

  const killed = startProgram(t, ['run'], { bundled: true, env })
  await killed.event('listening', { admin: true })
  killed.signal('SIGKILL')
  t.equal(await killed.ended(), 'SIGKILL')
  t.ok(existsSync(apps), 'a stale socket is left')

  const program = startProgram(t, ['run'], { bundled: true, env })
  await program.event('listening', { admin: true })
  const health = startProgram(t, ['health', '--wait', '60'], {
    bundled: true,
    env: { BC_ADMIN_LISTEN: `unix:${admin}` },
  })
  t.equal(await health.ended(), 0)
  for (const path of [apps, admin]) t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(await getOverSocket(apps, '/api/v1/accounts'), 200)
  t.match(bank.api.requests, [{ url: '/api/v1/accounts' }])

  const second = startProgram(t, ['run'], { bundled: true, env })
  t.equal(await second.ended(), 1)
  t.equal(second.stderr(), `bc-sidecar: another process listens on unix:${apps}\n`)
  t.equal(await getOverSocket(apps, '/api/v1/accounts'), 200, 'the first serves on')

  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
  t.notOk(existsSync(apps) || existsSync(admin), 'the sockets are gone')
})

test('a file in the place of a socket is not touched', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const files = writeCredentials(t.testdir(), { bank, authority, client: await authority.client() })
  const path = join(socketDirectory(t), 'apps.sock')
  writeFileSync(path, 'precious')
  const program = startProgram(t, ['run'], { bundled: true, env: { ...files, BC_LISTEN: `unix:${path}` } })
  t.equal(await program.ended(), 1)
  t.match(program.stderr(), /^bc-sidecar: \S+ exists and is no socket: [^\n]+\n$/)
  t.equal(statSync(path).size, 8)
})
