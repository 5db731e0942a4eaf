import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { test } from 'tap'
import { startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { getOverSocket, socketDirectory, startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'

/** What the image starts Node.js with, read from where it stands. */
function flagsOfImage(major: number): readonly string[] {
  const dockerfile = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8')
  const stage = new RegExp(`AS runtime-${major}\\n(?:#.*\\n)*ENTRYPOINT (\\[[^\\]]*\\])`).exec(dockerfile)
  const [, ...command] = JSON.parse((stage?.[1] ?? '[]').replaceAll('\\\n', '')) as string[]
  return command.filter((argument) => argument.startsWith('--'))
}

const flags = flagsOfImage(Number.parseInt(process.versions.node, 10))
const skip = flags.length === 0 && 'no image is made of this Node.js'

test('with the rights that the image gives it, it serves, rotates and ends', { skip }, async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const [client, next] = [await authority.client({ name: 'one' }), await authority.client({ name: 'two' })]
  const dir = t.testdir({ passphrase: 'open sesame', 'client.pfx': client.pfx('open sesame') })
  const { BC_CERTIFICATE_KEY_FILE: _, ...files } = writeCredentials(dir, { bank, authority, client })
  const socket = join(socketDirectory(t), 'apps.sock')
  const env = {
    ...files,
    BC_CERTIFICATE_FILE: join(dir, 'client.pfx'),
    BC_CERTIFICATE_PASSPHRASE_FILE: join(dir, 'passphrase'),
    BC_LISTEN: `unix:${socket}`,
  }
  const killed = startProgram(t, ['run'], { env, nodeOptions: flags, bare: true })
  await killed.event('listening', { admin: true })
  killed.signal('SIGKILL')
  t.equal(await killed.ended(), 'SIGKILL')
  t.ok(existsSync(socket), 'a stale socket is left, which it has to replace')

  const program = startProgram(t, ['run'], { env, nodeOptions: flags, bare: true })
  t.match(await program.event('confined'), {
    denied: ['fs.write', 'child', 'addon', 'wasi', 'inspector'],
  })
  t.equal(await getOverSocket(socket, '/api/v1/accounts'), 200)
  const { thumbprint } = await program.event('credentials_applied')
  writeFileSync(`${dir}/next.pfx`, next.pfx('open sesame'))
  renameSync(`${dir}/next.pfx`, `${dir}/client.pfx`)
  t.not((await program.event('credentials_applied', { proved: true }))['thumbprint'], thumbprint)
  t.equal(await getOverSocket(socket, '/api/v1/accounts'), 200)
  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
  t.equal(program.stderr(), '', 'no warning')
  t.notOk(existsSync(socket))
})

test('health asks with the rights that the image gives it', { skip }, async (t) => {
  const server = createServer((_request, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const env = { BC_ADMIN_LISTEN: `127.0.0.1:${port}` }
  const program = startProgram(t, ['health'], { env, nodeOptions: flags, bare: true })
  t.equal(await program.ended(), 0)
  t.equal(program.stdout() + program.stderr(), '')
})
