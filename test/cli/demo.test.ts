import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { runCommand } from '../../src/cli/command.ts'
import { demo, invitation } from '../../src/cli/demo.ts'
import { getOverSocket, type Program, socketDirectory, startProgram } from '../support/program.ts'
import { until } from '../support/until.ts'
import { fakeProcess } from './fake-process.ts'

const listen = { BC_LISTEN: '127.0.0.1:0', BC_ADMIN_LISTEN: '127.0.0.1:0' }

function startDemo(t: Test, env: Record<string, string> = {}): Program {
  return startProgram(t, ['demo'], { env: { ...listen, ...env }, bundled: true })
}

function filesOf({ pid }: { readonly pid: number }): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith(`bc-sidecar-demo-${pid}-`))
}

/** The URL, and the body after `--json`, of each command that the demo prints. */
function commandsOf(text: string): { url: string; body: string | undefined }[] {
  return [...text.matchAll(/^ +curl (\S+)(?: --json '(.*)')?$/gm)].map(([, url = '', body]) => ({
    url,
    body,
  }))
}

test('the demo prints three calls that work, and leaves nothing behind', async (t) => {
  const program = startDemo(t)
  await until(() => program.stdout().includes('Ctrl-C ends it all.'))
  const [accounts, payment, status, ...others] = commandsOf(program.stdout())
  t.same(others, [])

  const list = await fetch(String(accounts?.url))
  t.equal(list.status, 200)
  t.equal(list.headers.get('bc-simulator'), 'true')

  const headers = { 'content-type': 'application/json' }
  const made = await fetch(String(payment?.url), { method: 'POST', headers, body: String(payment?.body) })
  t.equal(made.status, 200)

  const { environments } = (await (await fetch(String(status?.url))).json()) as {
    environments: Record<string, { token: { state: string } }>
  }
  t.equal(environments['simulator']?.token.state, 'valid')

  const page = /status page for people is (http:\/\/localhost:\d+\/)\. Ctrl-C ends it all/.exec(
    program.stdout(),
  )?.[1]
  t.match(await (await fetch(String(page))).text(), /<html/i)

  t.equal(filesOf(program).length, 1, 'the credentials are in a directory of their own')
  program.signal('SIGINT')
  t.equal(await program.ended(), 0)
  t.same(filesOf(program), [])
  t.equal(program.stderr(), '')
})

test('the demo respects the settings of its listeners and its log', async (t) => {
  const directory = socketDirectory(t)
  const [apps, admin] = [join(directory, 'apps.sock'), join(directory, 'admin.sock')]
  const env = { BC_LISTEN: `unix:${apps}`, BC_ADMIN_LISTEN: `unix:${admin}`, BC_LOG_FORMAT: 'json' }
  const program = startDemo(t, env)
  await until(() => program.stdout().includes('Ctrl-C ends it all.'))
  t.match(program.stdout(), `curl --unix-socket ${apps} http://localhost/api/v1/accounts\n`)
  t.equal(await getOverSocket(admin, '/livez'), 200)
  t.equal(await getOverSocket(apps, '/api/v1/accounts'), 200)
  t.ok(await program.event('request'), 'the log is JSON')
  program.signal('SIGTERM')
  t.equal(await program.ended(), 0)
})

test('the calls name its listeners, and the page for people', (t) => {
  const text = invitation('http://127.0.0.1:18080', 'http://127.0.0.1:19901')
  t.strictSame(
    commandsOf(text).map(({ url }) => url),
    [
      'http://localhost:18080/api/v1/accounts',
      'http://localhost:18080/api/v1/payments/singles',
      'http://localhost:19901/status',
    ],
  )
  t.match(text, 'The status page for people is http://localhost:19901/. Ctrl-C ends it all.')
  t.end()
})

test('on a unix socket there is no page for people', async (t) => {
  const socket = join(socketDirectory(t), 'admin.sock')
  const env = { ...listen, BC_ADMIN_LISTEN: `unix:${socket}`, BC_LOG_LEVEL: 'silent' }
  const { process, stdout, signal } = fakeProcess([], env)
  const ended = demo(process, { version: '1.2.3' })
  await until(() => stdout().includes('Ctrl-C'))
  t.match(stdout(), `curl --unix-socket ${socket} http://localhost/status\n\nCtrl-C ends it all`)
  signal('SIGTERM')
  t.equal(await ended, 0)
})

test('a demo that cannot listen says so, and leaves nothing behind', async (t) => {
  const env = { ...listen, BC_LISTEN: 'unix:/nowhere/at/all/apps.sock', BC_LOG_LEVEL: 'silent' }
  const { process, stderr } = fakeProcess(['demo'], env)
  t.equal(await runCommand(process), 1)
  t.match(stderr(), /^bc-sidecar: cannot listen on unix:\/nowhere\/at\/all\/apps\.sock: [^\n]+\n$/)
  t.same(filesOf(process), [])
})

test('a setting that is wrong ends the demo with 2, and leaves nothing behind', async (t) => {
  const program = startDemo(t, { BC_LISTEN: 'nonsense' })
  t.equal(await program.ended(), 2)
  t.match(program.stderr(), 'BC_LISTEN')
  t.same(filesOf(program), [])
})
