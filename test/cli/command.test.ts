import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'tap'
import { commands } from '../../src/cli/arguments.ts'
import { runCommand } from '../../src/cli/command.ts'
import { fakeProcess } from './fake-process.ts'

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'))

for (const command of commands) {
  test(`${command} --help says how it is used, and nothing else happens`, async (t) => {
    const { process, stdout, stderr } = fakeProcess([command, '--help'])
    t.equal(await runCommand(process), 0)
    t.match(stdout(), `usage: bc-sidecar ${command === 'run' ? '[command]' : command}`)
    t.match(stdout(), '--config FILE')
    t.equal(stderr(), '')
  })

  test(`${command} --version prints the version alone`, async (t) => {
    const { process, stdout } = fakeProcess([command, '--version'])
    t.equal(await runCommand(process), 0)
    t.equal(stdout(), `${version}\n`)
  })
}

test('a reader that goes away is no failure', async (t) => {
  const { process } = fakeProcess(['--help'])
  await runCommand(process)
  t.ok(process.stdout.emit('error', new Error('EPIPE')), 'somebody listens, or this would have thrown')
})

test('a command line that cannot be meant ends with 2', async (t) => {
  for (const args of [['serve'], ['--nonsense'], ['health', '--wait', 'x'], ['simulate']]) {
    const { process, stdout, stderr } = fakeProcess(args)
    t.equal(await runCommand(process), 2)
    t.match(stderr(), /^bc-sidecar: [^\n]+\n$/)
    t.equal(stdout(), '')
  }
})

for (const command of ['run', 'check']) {
  test(`${command} without any setting ends with 2 and tells every fault`, async (t) => {
    const { process, stderr } = fakeProcess([command], { BC_LOG_LEVEL: 'loud', BC_PASWORD: 'hunter2' })
    t.equal(await runCommand(process), 2)
    const keys = ['BC_USERNAME', 'BC_PASSWORD', 'BC_CERTIFICATE_FILE', 'BC_LOG_LEVEL', 'BC_PASWORD']
    for (const key of keys) t.match(stderr(), key)
    t.notMatch(stderr(), 'hunter2')
    t.notMatch(stderr(), /^ +at /m)
  })
}

test('a configuration file that is not there ends with 2', async (t) => {
  for (const command of ['run', 'health', 'check']) {
    const { process, stderr } = fakeProcess([command, '--config', `${t.testdir()}/none.yaml`])
    t.equal(await runCommand(process), 2)
    t.match(stderr(), 'none.yaml')
  }
})

test('health is asked, and its failure is 1', async (t) => {
  const { process, stderr } = fakeProcess(['health'], { BC_ADMIN_LISTEN: 'unix:/nowhere/admin.sock' })
  t.equal(await runCommand(process), 1)
  t.match(stderr(), 'unix:/nowhere/admin.sock')
})

test('what fails while it runs is one sentence, and 1', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  t.teardown(() => server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const listen = ['--listen', `127.0.0.1:${port}`]
  const { process, stderr } = fakeProcess(['simulate', '--dir', t.testdir(), ...listen])
  t.equal(await runCommand(process), 1)
  t.equal(stderr(), `bc-sidecar: cannot listen on 127.0.0.1:${port}: the port is in use\n`)
})
