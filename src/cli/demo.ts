import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfiguration } from '../config/load.ts'
import { createLogger } from '../logging.ts'
import { type Sidecar, startSidecar } from '../sidecar.ts'
import { type Simulator, startSimulator } from '../simulator/simulator.ts'
import type { Process } from './command.ts'
import { serve } from './run.ts'

/** Settings of the sidecar that the demo takes from the environment, where somebody wants other ports. */
const respected = ['BC_LISTEN', 'BC_ADMIN_LISTEN', 'BC_LOG_LEVEL', 'BC_LOG_FORMAT']

/** Simulator and sidecar together, in this process, until SIGTERM or SIGINT. */
export async function demo(process: Process, { version }: { readonly version: string }): Promise<0> {
  const dir = await mkdtemp(join(tmpdir(), `bc-sidecar-demo-${process.pid}-`))
  try {
    await demoIn(dir, process, version)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
  return 0
}

async function demoIn(dir: string, process: Process, version: string): Promise<void> {
  const simulator = await startSimulator({
    dir,
    listen: { host: '127.0.0.1', port: 0 },
    authorizationListen: { host: '127.0.0.1', port: 0 },
    tokenTtlSeconds: 300,
    throttlePerMinute: 20,
    allowRemote: false,
    hostnames: [],
  })
  try {
    await runSidecar(process, { env: demoEnvironment(process.env, dir, simulator), version })
  } finally {
    await simulator.stop()
  }
}

async function runSidecar(
  process: Process,
  { env, version }: { readonly env: Record<string, string>; readonly version: string },
): Promise<void> {
  const configuration = await loadConfiguration({ env })
  const { logLevel: level, logFormat: format } = configuration
  const { log, flush } = createLogger({ level, format })
  const started = ({ addresses }: Sidecar): void => {
    flush()
    process.stdout.write(invitation(String(addresses.apps.get('simulator')), addresses.admin))
  }
  await serve({ process, log, start: () => startSidecar({ configuration, log, version }), started })
  flush()
}

function demoEnvironment(env: Process['env'], dir: string, bank: Simulator): Record<string, string> {
  const given = respected.flatMap((name) => (env[name] ? [[name, env[name]] as const] : []))
  return {
    BC_LOG_FORMAT: 'pretty',
    ...Object.fromEntries(given),
    BC_ENVIRONMENT: 'simulator',
    BC_BASE_URL: bank.baseUrl,
    BC_AUTHORIZATION_URL: bank.authorizationUrl,
    BC_USERNAME_FILE: join(dir, 'username'),
    BC_PASSWORD_FILE: join(dir, 'password'),
    BC_CERTIFICATE_FILE: join(dir, 'client.pfx'),
    BC_CERTIFICATE_PASSPHRASE_FILE: join(dir, 'passphrase'),
    BC_CA_FILE: join(dir, 'ca.pem'),
  }
}

/** What to try, at those addresses. The README has the same three calls, word for word. */
export function invitation(apps: string, admin: string): string {
  return `
A simulated bank and the sidecar are running. In another terminal, as an app would:

  curl ${target(apps)}/api/v1/accounts

  curl ${target(apps)}/api/v1/payments/singles --json '{"idempotencyKey": "demo-1", "debtorAccount": {"account": "DK5000400440116243"}, "amount": {"currency": "EUR", "amount": 12.5}, "creditorName": "A supplier"}'

  curl ${target(admin)}/status

${page(admin)}Ctrl-C ends it all.

`
}

function page(admin: string): string {
  return admin.startsWith(unix) ? '' : `The status page for people is ${target(admin)}/. `
}

/** What curl takes: for a unix socket, the socket and then any host. */
function target(address: string): string {
  if (address.startsWith(unix)) return `--unix-socket ${address.slice(unix.length)} http://localhost`
  return `http://${address.replace(/^https?:\/\//, '').replace('127.0.0.1', 'localhost')}`
}

const unix = 'unix:'
