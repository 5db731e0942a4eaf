import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'tap'
import { startApp } from '../support/app.ts'
import { startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'

const account = 'DK5000400440116243'

test('a sidecar serves from its start to its end, and gives no secret away', async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, password: 'correct horse 42' })
  const client = await authority.client({ name: 'client' })
  const passphrase = 'open sesame 7'
  const files = writeCredentials(t.testdir(), { bank, authority, client })
  const { BC_USERNAME_FILE: _, BC_PASSWORD_FILE: __, BC_CERTIFICATE_KEY_FILE: ___, ...rest } = files
  const pfx = join(t.testdirName, 'client.pfx')
  writeFileSync(pfx, client.pfx(passphrase))
  const env = {
    ...rest,
    BC_USERNAME: bank.username,
    BC_PASSWORD: bank.password,
    BC_CERTIFICATE_FILE: pfx,
    BC_CERTIFICATE_PASSPHRASE: passphrase,
    BC_LOG_LEVEL: 'trace',
  }
  const sidecar = startProgram(t, [], { env })
  const admin = await sidecar.admin()
  const health = startProgram(t, ['health', '--wait', '60'], {
    bundled: true,
    env: { BC_ADMIN_LISTEN: admin.replace('http://', '') },
  })
  t.equal(await health.ended(), 0, 'ready')
  t.equal(health.stdout() + health.stderr(), '')

  const app = startApp(t, await sidecar.apps())
  const path = `/api/v1/accounts/${account}/balances?search=needle`
  const headers = { cookie: 'session=crumb', authorization: 'Basic aG90Om1lc3M=' }
  const answer = await app.call({ method: 'POST', path, headers, body: '{"iban":"haystack"}' })
  t.equal(answer.status, 200)
  t.match(bank.api.requests, [{ method: 'POST', url: path, headers: { authorization: /^Bearer / } }])
  const first = bank.issued[0]
  t.equal(bank.api.requests[0]?.token, first?.token)

  bank.api.handler = ({ socket }) => void socket.destroy()
  t.equal((await app.call({ path })).headers['bc-sidecar-error'], 'bank_connection_lost')

  sidecar.signal('SIGUSR1')
  sidecar.signal('SIGHUP')
  t.match(await sidecar.event('reload'), { level: 'info' })
  sidecar.signal('SIGTERM')
  t.equal(await sidecar.ended(), 0)
  t.equal(sidecar.stderr(), '', 'no inspector, no warning')
  t.match(await sidecar.event('request'), { route: '/api/v1/accounts/:id/balances', environment: 'test' })
  t.match(await sidecar.event('drained'), { inFlight: 0 })

  const basic = Buffer.from(`${bank.username}:${bank.password}`).toString('base64')
  const secrets = [...bank.issued.map(({ token }) => token), bank.username, bank.password, passphrase, basic]
  secrets.push(account, 'needle', 'haystack', 'crumb', 'aG90Om1lc3M', 'Bearer ', 'PRIVATE KEY')
  for (const secret of secrets) t.notMatch(sidecar.stdout(), secret)
})

test('help and version come from the real program, also to a slow reader and to none', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))
  const told = startProgram(t, ['--version'], { bundled: true })
  t.equal(await told.ended(), 0)
  t.equal(told.stdout(), `${version}\n`)

  // Fills standard output first, which nobody reads before this process gets to it.
  const fill = `process.stdout;import{writeSync}from'node:fs';try{for(;;)writeSync(1,'x'.repeat(65536))}catch{}`
  const nodeOptions = [`--import=data:text/javascript,${fill}`]
  const slow = startProgram(t, ['--help'], { bundled: true, nodeOptions })
  t.equal(await slow.ended(), 0)
  t.ok(slow.stdout().endsWith('the version\n'), 'nothing is lost')
})

test('a wrong command line or configuration ends with 2, each fault named', async (t) => {
  const unknown = startProgram(t, ['serve'], { bundled: true })
  const none = startProgram(t, ['run'], { bundled: true, env: { BC_PASSWORD: 'correct horse 42' } })
  t.equal(await unknown.ended(), 2)
  t.match(unknown.stderr(), /^bc-sidecar: there is no command "serve"\. [^\n]+\n$/)
  t.equal(await none.ended(), 2)
  for (const key of ['BC_USERNAME', 'BC_CERTIFICATE_FILE']) t.match(none.stderr(), key)
  t.notMatch(none.stderr() + none.stdout(), 'correct horse')
})

test('a port that is in use ends it with 1 and a sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await new Promise((resolve) => other.once('listening', resolve))
  const { port } = other.address() as { port: number }
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const client = await authority.client()
  const env = writeCredentials(t.testdir(), { bank, authority, client })
  for (const listener of ['BC_LISTEN', 'BC_ADMIN_LISTEN']) {
    const program = startProgram(t, ['run'], {
      bundled: true,
      env: { ...env, [listener]: `127.0.0.1:${port}` },
    })
    t.equal(await program.ended(), 1)
    t.equal(
      program.stderr(),
      `bc-sidecar: cannot listen on 127.0.0.1:${port}: another process listens there: stop it, or choose another address\n`,
    )
  }
})
