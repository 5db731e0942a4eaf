import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { startChild } from './child.ts'
import { cores } from './ground.ts'
import type { Rig, Running } from './proxies.ts'

export interface SidecarOptions {
  readonly env?: Record<string, string>
  /** A configuration file in place of all variables. */
  readonly config?: (ports: { readonly apps: number; readonly admin: number }) => string
  /** The program; default the build. */
  readonly main?: readonly string[]
  /** Default: resolves once a token is held. */
  readonly waitFor?: 'startupz' | 'livez'
}

export interface RunningSidecar extends Running {
  readonly adminPort: number
}

/** The build as it ships: everything on, its access log into a pipe that is read. */
export async function startSidecar(rig: Rig, options: SidecarOptions = {}): Promise<RunningSidecar> {
  const { ground } = rig
  const port = await ground.port()
  const adminPort = await ground.port()
  const main = options.main ?? [fileURLToPath(new URL('../../dist/main.js', import.meta.url))]
  const flags = (process.env['BENCH_NODE_FLAGS'] ?? '').split(' ').filter(Boolean)
  const text = options.config?.({ apps: port, admin: adminPort })
  const file = text === undefined ? [] : ['--config', ground.file('sidecar.yaml', text)]
  const listen = { BC_LISTEN: local(port), BC_ADMIN_LISTEN: local(adminPort) }
  const child = startChild({
    command: [process.execPath, ...flags, ...main, 'run', ...file],
    core: cores.proxy,
    cwd: process.env['BENCH_NODE_CWD'] ?? ground.dir,
    env: text === undefined ? { ...settings(rig), ...listen, ...options.env } : {},
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  child.process.stdout?.resume()
  await answered(adminPort, `/${options.waitFor ?? 'startupz'}`, () => child.process.exitCode)
  return { ...child, port, adminPort }
}

const local = (port: number): string => `127.0.0.1:${port}`

function settings({ ground, upstream }: Rig): Record<string, string> {
  return {
    BC_ENVIRONMENT: 'bench',
    BC_BASE_URL: `https://localhost:${upstream.port}`,
    BC_AUTHORIZATION_URL: `https://localhost:${upstream.authorizationPort}`,
    BC_USERNAME: 'bench',
    BC_PASSWORD: 'bench',
    BC_CERTIFICATE_FILE: ground.client.certificate,
    BC_CERTIFICATE_KEY_FILE: ground.client.key,
    BC_CA_FILE: ground.ca,
  }
}

/** Until a path of the admin listener answers 200. */
async function answered(port: number, path: string, exitCode: () => number | null): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; ) {
    if (exitCode() !== null) throw new Error(`the sidecar ended with ${exitCode()}`)
    if ((await status(port, path)) === 200) return
    await sleep(1)
  }
  throw new Error(`${path} never answered 200`)
}

function status(port: number, path: string): Promise<number> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', port, path, agent: false }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
    }).on('error', () => resolve(0))
  })
}
