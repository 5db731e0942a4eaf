import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import type { AddressInfo } from 'node:net'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { createClient, type RedisArgument } from '@redis/client'
import type { Test } from 'tap'
import { until } from './until.ts'

export interface TestRedis {
  readonly url: string
  readonly port: number
  /** Another port, which is free. */
  readonly tlsPort: number
  /** As the user that may do everything. */
  command(...args: RedisArgument[]): Promise<unknown>
  /** Every key, with its value and its life in milliseconds. */
  dump(): Promise<Map<string, { value: string; lifeMs: number }>>
  /** The keys that hold a token: a sidecar that has got one goes on without waiting for what it writes. */
  tokens(): Promise<string[]>
  /** SIGSTOP: connections stay open, nothing is answered. */
  freeze(): void
  thaw(): void
  kill(): Promise<void>
  /** After `kill`, empty, on the same port. */
  revive(): Promise<void>
}

/** Why the tests with a real Redis cannot run here; undefined when they can. */
export const redisMissing: string | undefined = (() => {
  try {
    execFileSync('redis-server', ['--version'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'redis-server is not installed (apt-get install redis-server)'
  }
})()

/** A real Redis on a free port of 127.0.0.1, with nothing on disk; ends with the test. */
export async function startRedis(t: Test, args: readonly string[] = []): Promise<TestRedis> {
  const [port, tlsPort] = [await freePort(), await freePort()]
  const client = createClient({
    RESP: 2,
    socket: { port, host: '127.0.0.1', reconnectStrategy: 10 },
    disableClientInfo: true,
  })
  client.on('error', () => {})
  let server: ChildProcess | undefined

  async function revive(): Promise<void> {
    const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', tmpdir()]
    server = spawn('redis-server', ['--port', String(port), ...options, ...args], { stdio: 'ignore' })
    await until(() => isOpen(port), { what: 'Redis listens' })
  }

  async function kill(): Promise<void> {
    const ending = server
    server = undefined
    ending?.kill('SIGKILL')
    if (ending) await until(() => ending.exitCode !== null || ending.signalCode !== null)
  }

  t.teardown(async () => {
    if (client.isOpen) client.destroy()
    await kill()
  })
  await revive()
  await client.connect()
  const command = (...parts: RedisArgument[]): Promise<unknown> => client.sendCommand(parts)
  const keysLike = async (pattern: string) => (await command('KEYS', pattern)) as string[]
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    tlsPort,
    command,
    async dump() {
      const entries = (await keysLike('*')).map(async (key) => {
        const value = String(await command('GET', key).catch(() => ''))
        return [key, { value, lifeMs: Number(await command('PTTL', key)) }] as const
      })
      return new Map(await Promise.all(entries))
    },
    tokens: () => keysLike('bc-sidecar:token:*'),
    freeze: () => void server?.kill('SIGSTOP'),
    thaw: () => void server?.kill('SIGCONT'),
    kill,
    revive,
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<unknown>((resolve) => server.close(resolve))
  return port
}

/** Whether it answers: at first it may accept connections and still say that it is loading. */
function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('error', () => resolve(false)).once('close', () => resolve(false))
    socket.once('data', (answer) => {
      resolve(!String(answer).startsWith('-LOADING'))
      socket.destroy()
    })
  })
}
