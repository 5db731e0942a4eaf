import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { getOverSocket, type Program, socketDirectory, startProgram } from '../support/program.ts'
import { until } from '../support/until.ts'

function startDemo(t: Test, env: Record<string, string> = {}): Program {
  const listen = { BC_LISTEN: '127.0.0.1:0', BC_ADMIN_LISTEN: '127.0.0.1:0' }
  return startProgram(t, ['demo'], { env: { ...listen, ...env } })
}

function filesOf({ pid }: Program): string[] {
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
  const demo = startDemo(t)
  await until(() => demo.stdout().includes('Ctrl-C ends it all.'))
  const [accounts, payment, status, ...others] = commandsOf(demo.stdout())
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

  const page = /status page for people is (\S+)\. /.exec(demo.stdout())?.[1]
  t.match(await (await fetch(String(page))).text(), /<html/i)

  t.equal(filesOf(demo).length, 1, 'the credentials are in a directory of their own')
  demo.signal('SIGINT')
  t.equal(await demo.ended(), 0)
  t.same(filesOf(demo), [])
  t.equal(demo.stderr(), '')
})

test('the demo respects the settings of its listeners and its log', async (t) => {
  const directory = socketDirectory(t)
  const [apps, admin] = [join(directory, 'apps.sock'), join(directory, 'admin.sock')]
  const env = { BC_LISTEN: `unix:${apps}`, BC_ADMIN_LISTEN: `unix:${admin}`, BC_LOG_FORMAT: 'json' }
  const demo = startDemo(t, env)
  await until(() => demo.stdout().includes('Ctrl-C ends it all.'))
  t.match(demo.stdout(), `curl --unix-socket ${apps} http://localhost/api/v1/accounts\n`)
  t.match(demo.stdout(), `curl --unix-socket ${admin} http://localhost/status\n`)
  t.notMatch(demo.stdout(), 'The status page')
  t.equal(await getOverSocket(apps, '/api/v1/accounts'), 200)
  t.ok(await demo.event('request'), 'the log is JSON')
  demo.signal('SIGTERM')
  t.equal(await demo.ended(), 0)
})

test('a demo that cannot listen says so, and leaves nothing behind', async (t) => {
  const demo = startDemo(t, { BC_LISTEN: 'unix:/nowhere/at/all/apps.sock' })
  t.equal(await demo.ended(), 1)
  t.match(demo.stderr(), /^bc-sidecar: cannot listen on unix:\/nowhere\/at\/all\/apps\.sock: [^\n]+\n$/)
  t.same(filesOf(demo), [])
})

test('a setting that is wrong ends the demo with 2, and leaves nothing behind', async (t) => {
  const demo = startDemo(t, { BC_LISTEN: 'nonsense' })
  t.equal(await demo.ended(), 2)
  t.match(demo.stderr(), 'BC_LISTEN')
  t.same(filesOf(demo), [])
})
