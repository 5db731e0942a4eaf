import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { createClient } from '@redis/client'

const main = fileURLToPath(new URL('../dist/main.js', import.meta.url))

/** A program that can be killed, and started once more. */
export interface Revivable {
  readonly start: () => void
  readonly signal: (name: NodeJS.Signals) => void
}

/** What a fleet of real sidecars stands on: a real redis-server and the simulated bank, each a process. */
export interface FleetGround {
  readonly redis: Revivable
  readonly bank: Revivable
  /** On the monotonic clock, each token request that the bank answered. */
  readonly asked: number[]
  /** Commands since the start, as Redis counts them: those inside of scripts, too. */
  readonly commands: () => Promise<number>
  /** For a sidecar. */
  readonly env: Record<string, string>
  readonly close: () => Promise<void>
}

export async function startFleetGround(tokenTtlSeconds: number): Promise<FleetGround> {
  const dir = await mkdtemp(join(tmpdir(), 'bc-fleet-'))
  const ports = await Promise.all([freePort(), freePort(), freePort()])
  const [port, apiPort, authorizationPort] = ports.map(String)
  const asked: number[] = []
  const redis = revivable(() =>
    spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir], {
      stdio: 'ignore',
    }),
  )
  const listen = [
    '--listen',
    `127.0.0.1:${apiPort}`,
    '--authorization-listen',
    `127.0.0.1:${authorizationPort}`,
  ]
  const bank = revivable(() => {
    const options = ['--dir', dir, ...listen, '--token-ttl', String(tokenTtlSeconds)]
    const child = spawn(process.execPath, [main, 'simulate', ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (line.includes('"listener":"authorization"')) asked.push(performance.now())
    })
    return child
  })
  redis.start()
  bank.start()
  await Promise.all([port, apiPort, authorizationPort].map((one) => listening(Number(one))))
  return {
    redis,
    bank,
    asked,
    commands: counter(Number(port)),
    env: {
      BC_ENVIRONMENT: 'simulator',
      BC_BASE_URL: `https://127.0.0.1:${apiPort}`,
      BC_AUTHORIZATION_URL: `https://127.0.0.1:${authorizationPort}`,
      BC_USERNAME_FILE: join(dir, 'username'),
      BC_PASSWORD_FILE: join(dir, 'password'),
      BC_CERTIFICATE_FILE: join(dir, 'client.pem'),
      BC_CERTIFICATE_KEY_FILE: join(dir, 'client-key.pem'),
      BC_CA_FILE: join(dir, 'ca.pem'),
      BC_LISTEN: '127.0.0.1:0',
      BC_ADMIN_LISTEN: '127.0.0.1:0',
      BC_TOKEN_CACHE: `redis://127.0.0.1:${port}`,
    },
    async close() {
      for (const one of [redis, bank]) one.signal('SIGKILL')
      await rm(dir, { recursive: true, force: true })
    },
  }
}

function revivable(run: () => ChildProcess): Revivable {
  let child: ChildProcess | undefined
  return {
    start() {
      child = run()
    },
    signal: (name) => void child?.kill(name),
  }
}

/** Redis counts from 0 again when it is started again, and does not answer while it is away. */
function counter(port: number): () => Promise<number> {
  let before = 0
  let last = 0
  return async () => {
    const client = createClient({
      RESP: 2,
      disableClientInfo: true,
      socket: { port, host: '127.0.0.1', connectTimeout: 500, reconnectStrategy: false },
    })
    client.on('error', () => {})
    const read = async (): Promise<void> => {
      await client.connect()
      const stats = String(await client.sendCommand(['INFO', 'stats']))
      const now = Number(/total_commands_processed:(\d+)/.exec(stats)?.[1])
      if (now < last) before += last
      last = now
    }
    await Promise.race([read(), setTimeout(500)]).catch(() => {})
    if (client.isOpen) client.destroy()
    return before + last
  }
}

async function listening(port: number): Promise<void> {
  for (const deadline = performance.now() + 20_000; performance.now() < deadline; await setTimeout(50)) {
    const socket = createConnection(port)
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      setTimeout(500, false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
  }
  throw new Error('Redis or the bank does not listen')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? Number(address?.port) : 0
}
