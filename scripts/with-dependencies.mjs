#!/usr/bin/env node
/** `npm test` and `npm run demo` on a fresh clone: installs what is missing, builds what is needed, then runs. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { difference } from './installed.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = readJson('package.json')
const tasks = {
  test: { entry: () => binary('tap'), before: [preload] },
  demo: { entry: () => join(root, manifest.bin['bc-sidecar']), before: [build, endWithParent] },
}

const [taskName = '', ...rest] = process.argv.slice(2)
const task = Object.hasOwn(tasks, taskName) ? tasks[taskName] : undefined
if (task === undefined)
  fail(`usage: node scripts/with-dependencies.mjs ${Object.keys(tasks).join('|')} [argument…]`, 2)
requireNode()
process.chdir(root)
install()
for (const step of task.before) step()
await become(task.entry(), taskName === 'demo' ? ['demo', ...rest] : rest)

/** In this very process, so that signals and the exit status need no passing on. */
async function become(entry, args) {
  process.argv = [process.execPath, entry, ...args]
  await import(pathToFileURL(entry).href)
}

/** By environment: of all ways to hand an import to every process of the tests, the only one that comes before tap's. */
function preload() {
  const lightenTap = new URL('lighten-tap.mjs', import.meta.url)
  const stripTypes = new URL('strip-types.mjs', import.meta.url)
  const scripts = process.features.typescript === undefined ? [stripTypes, lightenTap] : [lightenTap]
  const imports = scripts.map(({ href }) => `--import=${href}`)
  process.env.NODE_OPTIONS = [process.env.NODE_OPTIONS ?? '', ...imports].join(' ').trim()
}

/** npm passes SIGTERM to the shell that it started us in, and a shell such as dash dies of it without passing it on. */
function endWithParent() {
  const parent = process.ppid
  let told = false
  const tell = () => {
    told = true
  }
  process.on('SIGTERM', tell).on('SIGINT', tell)
  const look = () => told || process.ppid === parent || process.kill(process.pid, 'SIGTERM')
  setInterval(look, 250).unref()
}

function requireNode() {
  const least = manifest.engines.node.replace('>=', '').split('.').map(Number)
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > least[0] || (major === least[0] && minor >= least[1])) return
  fail(`bc-sidecar needs Node.js ${least.join('.')} or later; this is ${process.versions.node}`, 1)
}

function install() {
  const reason = existsSync(join(root, 'node_modules', '.package-lock.json'))
    ? difference(readJson('package-lock.json'), readJson('node_modules/.package-lock.json'))
    : 'nothing is installed yet'
  if (reason === undefined) return
  process.stderr.write(`installing dependencies (${reason}) …\n`)
  // --include=dev: NODE_ENV=production would leave the bundler out.
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  run(npm(flags), 'npm ci failed; it needs the npm registry', 'ignore')
}

function build() {
  process.stderr.write('building …\n')
  run(
    [process.execPath, join(root, 'scripts', 'bundle.mjs'), dirname(manifest.bin['bc-sidecar'])],
    'the build failed',
  )
}

function run([command, ...args], failure, output = 2) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', output, 2] })
  if (status !== 0) fail(error === undefined ? failure : `${failure}: ${error.message}`, status ?? 1)
}

/** The npm that runs us, or the one beside Node.js. */
function npm(args) {
  const running = process.env.npm_execpath
  if (running !== undefined && /npm-cli\.[cm]?js$/.test(running)) return [process.execPath, running, ...args]
  return process.platform === 'win32' ? ['cmd.exe', '/c', 'npm', ...args] : ['npm', ...args]
}

function binary(name, command = name) {
  const folder = join('node_modules', name)
  return join(root, folder, readJson(join(folder, 'package.json')).bin[command])
}

function readJson(path) {
  return JSON.parse(readFileSync(join(root, path), 'utf8'))
}

function fail(sentence, status) {
  process.stderr.write(`${sentence}\n`)
  process.exit(status)
}
