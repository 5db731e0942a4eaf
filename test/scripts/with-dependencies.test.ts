import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type Test, test } from 'tap'
import { bareNode } from '../support/bundled.ts'

const sound = { 'node_modules/tap': { version: '1.0.0', integrity: 'sha512-tap' } }

const tapProgram = `console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = Number(process.env.STATUS ?? 0)`
const bundleProgram = `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist', { recursive: true })
writeFileSync('dist/main.js', process.env.PROGRAM ?? '')`
const npmProgram = `const { appendFileSync, copyFileSync, mkdirSync } = require('node:fs')
console.log('npm warn something'); console.error('npm warn something else')
appendFileSync('npm.log', process.argv.slice(2).join(' ') + '\\n')
mkdirSync('node_modules', { recursive: true })
copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
process.exit(Number(process.env.NPM_STATUS ?? 0))`

/** A project with our scripts, and stand-ins for npm, tap and the bundler that say what they were asked. */
function project(t: Test, installed: object | undefined, wanted: object = sound, node = '>=20.19') {
  const folder = t.testdir({
    'package.json': JSON.stringify({
      type: 'module',
      engines: { node },
      bin: { 'bc-sidecar': 'dist/main.js' },
    }),
    'package-lock.json': JSON.stringify({ packages: { '': {}, ...wanted } }),
    npm: { 'package.json': '{"type":"commonjs"}', 'npm-cli.js': npmProgram },
    node_modules: {
      ...(installed && { '.package-lock.json': JSON.stringify({ packages: installed }) }),
      tap: { 'package.json': '{"bin":{"tap":"run.cjs"}}', 'run.cjs': tapProgram },
    },
  })
  cpSync('scripts', join(folder, 'scripts'), { recursive: true })
  writeFileSync(join(folder, 'scripts', 'bundle.mjs'), bundleProgram)
  const script = join(folder, 'scripts', 'with-dependencies.mjs')
  const environment = (more: Record<string, string>) => ({
    PATH: process.env['PATH'] ?? '',
    npm_execpath: join(folder, 'npm', 'npm-cli.js'),
    ...more,
  })
  return {
    run: (args: readonly string[], env: Record<string, string> = {}) =>
      spawnSync(...bareNode([script, ...args]), { cwd: '/', env: environment(env), encoding: 'utf8' }),
    start: (args: readonly string[], env: Record<string, string>) =>
      spawn(...bareNode([script, ...args]), {
        cwd: '/',
        env: environment(env),
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    /** In a shell that stays between, as npm's does where /bin/sh is dash. */
    inShell: (args: readonly string[], env: Record<string, string>) =>
      spawn('sh', ['-c', `unset NODE_OPTIONS; "${process.execPath}" "${script}" ${args.join(' ')}; :`], {
        env: environment(env),
        stdio: ['ignore', 'pipe', 'inherit'],
      }),
    npmCalls: () =>
      existsSync(join(folder, 'npm.log')) ? readFileSync(join(folder, 'npm.log'), 'utf8') : '',
  }
}

test('the tests start at once, with their arguments, when everything is installed', async (t) => {
  const { run, npmCalls } = project(t, sound)
  const { stdout, stderr, status } = run(['test', 'one.test.ts', '--bail'])
  t.equal(stdout, '["one.test.ts","--bail"]\n')
  t.equal(stderr, '')
  t.equal(status, 0)
  t.equal(npmCalls(), '')
})

test('the exit status is that of the program', async (t) => {
  t.equal(project(t, sound).run(['test'], { STATUS: '3' }).status, 3)
})

test('what does not match package-lock.json is installed first, and it says why', async (t) => {
  const { run, npmCalls } = project(t, undefined)
  const { stdout, stderr, status } = run(['test'])
  t.match(stderr, 'nothing is installed yet')
  t.equal(stdout, '[]\n', 'nothing of npm on standard output')
  t.equal(status, 0)
  t.equal(npmCalls(), 'ci --include=dev --no-audit --no-fund --loglevel=error\n')
  t.equal(run(['test']).stderr, '', 'once is enough')
  t.match(project(t, {}).run(['test']).stderr, 'tap is missing')
})

test('a failed install ends it with a sentence and the status', async (t) => {
  const { stdout, stderr, status } = project(t, undefined).run(['test'], { NPM_STATUS: '7' })
  t.equal(stdout, '')
  t.match(stderr, 'npm ci failed; it needs the npm registry\n')
  t.equal(status, 7)
})

test('the demo is built, started with its arguments, and ends on the signal that it is sent', async (t) => {
  const program = `console.log(process.argv.slice(2).join(' '))
const timer = setInterval(() => {}, 1000)
process.on('SIGTERM', () => { clearInterval(timer); process.exitCode = 5 })`
  const demo = project(t, sound).start(['demo', '--port', '0'], { PROGRAM: program })
  t.teardown(() => demo.kill('SIGKILL'))
  demo.stdout.setEncoding('utf8')
  t.same(await once(demo.stdout, 'data'), ['demo --port 0\n'])
  demo.kill('SIGTERM')
  t.same(await once(demo, 'exit'), [5, null])
})

test('the demo ends when the shell that npm started it in has ended', async (t) => {
  const program = `setInterval(() => {}, 1000)
process.on('SIGTERM', () => { console.log('told'); process.exit() })
console.log('started')`
  const demo = project(t, sound).inShell(['demo'], { PROGRAM: program })
  t.teardown(() => demo.kill('SIGKILL'))
  const lines = createInterface({ input: demo.stdout })[Symbol.asyncIterator]()
  t.equal((await lines.next()).value, 'started')
  demo.kill('SIGTERM')
  t.equal((await lines.next()).value, 'told')
  t.equal((await lines.next()).done, true)
})

test('an older Node.js and an unknown task are refused with a sentence', async (t) => {
  const old = project(t, sound, sound, '>=99.1').run(['test'])
  t.match(old.stderr, /^bc-sidecar needs Node\.js 99\.1 or later; this is \d+\.\d+\.\d+\n$/)
  t.equal(old.status, 1)
  for (const args of [[], ['toString']]) {
    const { stderr, status } = project(t, sound).run(args)
    t.match(stderr, /^usage: node scripts\/with-dependencies\.mjs test\|demo/)
    t.equal(status, 2)
  }
})
