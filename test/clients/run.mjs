// npm run test:clients: the simulator, the built sidecar, and every stock client of this machine against them.
// CI=true: a client whose program is missing is a failure.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const main = join(here, '..', '..', 'dist', 'main.js')
const strict = process.env.CI === 'true'

const clients = [
  { name: 'Node.js fetch', command: [process.execPath, 'node-fetch.mjs'] },
  { name: 'Node.js axios', command: [process.execPath, 'node-axios.mjs'] },
  { name: 'Java HttpClient', command: ['java', 'java-http-client.java'] },
  { name: 'Python urllib', command: ['python3', 'python-urllib.py'] },
  { name: 'Python http.client', command: ['python3', 'python-http-client.py'] },
  { name: 'curl', command: ['bash', 'curl.sh'] },
]

const directory = mkdtempSync(join(tmpdir(), 'bc-clients-'))
const started = []
try {
  const base = await startBoth()
  const failed = clients.filter((client) => !passes(client, base)).length
  const sound = await stopAll()
  console.log(`clients: ${clients.length - failed} passed, ${failed} failed`)
  process.exitCode = failed === 0 && sound ? 0 : 1
} finally {
  for (const child of started) child.kill('SIGKILL')
  rmSync(directory, { recursive: true, force: true })
}

async function startBoth() {
  const [bank, authorization, apps, admin] = await freePorts(4)
  const listen = ['--listen', `127.0.0.1:${bank}`, '--authorization-listen', `127.0.0.1:${authorization}`]
  start('simulator', ['simulate', '--dir', directory, ...listen])
  await listening(authorization)
  const environment = {
    BC_ENVIRONMENT: 'simulator',
    BC_BASE_URL: `https://localhost:${bank}`,
    BC_AUTHORIZATION_URL: `https://localhost:${authorization}`,
    BC_USERNAME_FILE: join(directory, 'username'),
    BC_PASSWORD_FILE: join(directory, 'password'),
    BC_CERTIFICATE_FILE: join(directory, 'client.pfx'),
    BC_CERTIFICATE_PASSPHRASE_FILE: join(directory, 'passphrase'),
    BC_CA_FILE: join(directory, 'ca.pem'),
    BC_LISTEN: `127.0.0.1:${apps}`,
    BC_ADMIN_LISTEN: `127.0.0.1:${admin}`,
    BC_LOG_LEVEL: 'warn',
  }
  start('sidecar', ['run'], environment)
  const health = spawnSync(process.execPath, [main, 'health', '--wait', '30'], {
    env: clean(environment),
    stdio: 'inherit',
  })
  if (health.status !== 0) throw new Error('the sidecar did not become ready')
  return `http://localhost:${apps}`
}

function start(name, args, environment = {}) {
  const child = spawn(process.execPath, [main, ...args], {
    env: clean(environment),
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  child.exited = once(child, 'exit').then(([status]) => ({ name, status }))
  started.push(child)
}

/** This machine's own settings of the sidecar and of proxies would change what is tested. */
function clean(environment) {
  const kept = Object.entries(process.env).filter(([name]) => !/^(BC_|https?_proxy$|all_proxy$)/i.test(name))
  return { ...Object.fromEntries(kept), ...environment }
}

function passes({ name, command: [program, file] }, base) {
  const result = spawnSync(program, [file, base], {
    cwd: here,
    env: clean({}),
    encoding: 'utf8',
    timeout: 60_000,
  })
  const missing = result.error?.code === 'ENOENT'
  const passed = result.status === 0 || (missing && !strict)
  const note = missing
    ? `${program} is not on this machine`
    : `${result.stdout ?? ''}${result.stderr ?? ''}`.trim()
  console.log(
    `${passed ? 'ok' : 'not ok'} - ${name}${missing && !strict ? ' # skipped' : ''}${note && `: ${note}`}`,
  )
  return passed
}

async function stopAll() {
  for (const child of started) child.kill('SIGTERM')
  const ends = await Promise.all(started.map(({ exited }) => exited))
  for (const { name, status } of ends)
    if (status !== 0) console.log(`not ok - ${name} ended with status ${status}`)
  return ends.every(({ status }) => status === 0)
}

async function freePorts(count) {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

async function listening(port) {
  for (let tries = 0; tries < 150; tries++) {
    const socket = connect(port, '127.0.0.1')
    const answered = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (answered) return
    await delay(200)
  }
  throw new Error('the simulator did not start')
}
