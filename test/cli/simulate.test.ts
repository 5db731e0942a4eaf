import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { Agent, fetch } from 'undici'
import { parseArguments } from '../../src/cli/arguments.ts'
import { simulate } from '../../src/cli/simulate.ts'
import { startProgram } from '../support/program.ts'
import { fakeProcess } from './fake-process.ts'

const anyPort = ['--listen', '127.0.0.1:0', '--authorization-listen', '127.0.0.1:0']

const faults: [string, string][] = [
  ['', 'bc-sidecar: simulate needs --dir DIR, where it writes its credentials'],
  ['--listen nowhere', '--listen is "nowhere", and should be host:port, such as 127.0.0.1:9443'],
  ['--authorization-listen [::1]:65536', '--authorization-listen is "[::1]:65536"'],
  ['--listen 0.0.0.0:0', '--listen: 0.0.0.0 is not a loopback address'],
  ['--authorization-listen [::]:0', '--authorization-listen: :: is not a loopback address'],
  ['--faults none-such', '--faults: unknown fault "none-such"'],
  ['--hostname bänk.example', '--hostname: "bänk.example" is neither a host name in ASCII'],
  ['--hostname bank.example --hostname bank..example', '--hostname: "bank..example" is neither'],
]
for (const [args, message] of faults) {
  test(`simulate refuses "${args}"`, async (t) => {
    const given = args === '' ? [] : ['--dir', join(t.testdir(), 'dir'), ...args.split(' ')]
    const { process } = fakeProcess([])
    await t.rejects(simulate(process, parseArguments(['simulate', ...given])), {
      name: 'UsageError',
      message: new RegExp(message.replace(/[[\]."]/g, '\\$&')),
    })
    t.notOk(existsSync(join(t.testdirName, 'dir')), 'and writes nothing')
  })
}

test('simulate is a bank with its credentials in a directory, until it is told to end', async (t) => {
  const dir = join(t.testdir(), 'credentials')
  const args = ['simulate', '--dir', dir, ...anyPort, '--faults', 'api-503:1']
  const program = startProgram(t, args, { bundled: true })
  const { baseUrl, authorizationUrl } = await program.event('simulating')
  const read = (name: string): string => readFileSync(join(dir, name), 'utf8')
  const dispatcher = new Agent({
    connect: { ca: read('ca.pem'), cert: read('client.pem'), key: read('client-key.pem') },
  })
  t.teardown(() => dispatcher.close())
  const basic = Buffer.from(`${read('username').trim()}:${read('password').trim()}`).toString('base64')
  const authorization = `Basic ${basic}`
  const path = '/api/v1/authorizations/authorize'
  const login = await fetch(`${String(authorizationUrl)}${path}`, { dispatcher, headers: { authorization } })
  const { access_token: token } = (await login.json()) as { access_token: string }
  const call = () =>
    fetch(`${String(baseUrl)}/api/v1/accounts`, { dispatcher, headers: { authorization: `Bearer ${token}` } })
  t.equal((await call()).status, 503, 'the fault, once')
  const accounts = await call()
  t.equal(accounts.status, 200)
  t.equal(accounts.headers.get('bc-simulator'), 'true')
  const fields = { listener: 'api', method: 'GET', route: '/api/v1/accounts' }
  await program.event('request', { ...fields, status: 503 })
  await program.event('request', { ...fields, status: 200 })
  program.signal('SIGUSR1')
  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
  t.equal(program.stderr(), '', 'no inspector')
  t.equal(program.lines().filter(({ event }) => event === 'request').length, 3)
  for (const secret of [token, basic, read('password').trim(), read('passphrase').trim()])
    t.notMatch(program.stdout(), secret)
})

test('a signal that comes while simulate starts is not forgotten', async (t) => {
  const { process, signal } = fakeProcess([])
  const given = parseArguments(['simulate', '--dir', join(t.testdir(), 'dir'), ...anyPort])
  const ended = simulate(process, given)
  signal('SIGINT')
  signal('SIGTERM')
  t.equal(await ended, 0)
})
