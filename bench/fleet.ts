import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { createClient } from '@redis/client'
import { loadConfiguration } from '../src/config/load.ts'
import { createLogger } from '../src/logging.ts'
import { type Sidecar, startSidecar } from '../src/sidecar.ts'
import { startSimulator } from '../src/simulator/simulator.ts'

// Thirty whole sidecars in this process, a real redis-server and the simulated bank with tokens of 20 s: what the bank is asked
// in two minutes, and what Redis does for it. With apps that call all the time.
// node --import ./scripts/strip-types.mjs bench/fleet.ts

const count = 30
const tokenTtlSeconds = 20
const runMs = 120_000

const dir = await mkdtemp(join(tmpdir(), 'bc-fleet-'))
const file = (name: string): string => join(dir, name)

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' ? Number(address?.port) : 0
}

async function measure(redisPort: number): Promise<void> {
  const address = { host: '127.0.0.1', port: 0 }
  const bank = await startSimulator({
    dir,
    listen: address,
    authorizationListen: address,
    tokenTtlSeconds,
    throttlePerMinute: 20,
    allowRemote: false,
    hostnames: [],
  })
  const env = {
    BC_ENVIRONMENT: 'simulator',
    BC_BASE_URL: bank.baseUrl,
    BC_AUTHORIZATION_URL: bank.authorizationUrl,
    BC_USERNAME_FILE: file('username'),
    BC_PASSWORD_FILE: file('password'),
    BC_CERTIFICATE_FILE: file('client.pem'),
    BC_CERTIFICATE_KEY_FILE: file('client-key.pem'),
    BC_CA_FILE: file('ca.pem'),
    BC_LISTEN: '127.0.0.1:0',
    BC_ADMIN_LISTEN: '127.0.0.1:0',
    BC_TOKEN_CACHE: `redis://127.0.0.1:${redisPort}`,
    BC_LOG_LEVEL: 'silent',
  }
  const configuration = await loadConfiguration({ env })
  const { log } = createLogger({ level: 'silent', format: 'json' })
  const startedAt = performance.now()
  const starting = Array.from({ length: count }, () => startSidecar({ configuration, log, version: '0.0.0' }))
  const sidecars = await Promise.all(starting)
  const failed = await callFor(runMs, sidecars)
  const asked = await sum(sidecars, /^bc_sidecar_token_requests_total\{.*\} (\d+)$/gm)
  const taken = await sum(sidecars, /^bc_sidecar_token_cache_operations_total\{.*result="token"\} (\d+)$/gm)
  const minutes = (performance.now() - startedAt) / 60_000
  const redis = createClient({ socket: { port: redisPort, host: '127.0.0.1' }, RESP: 2 })
  await redis.connect()
  const stats = String(await redis.sendCommand(['INFO', 'stats']))
  const commands = Number(/total_commands_processed:(\d+)/.exec(stats)?.[1])
  redis.destroy()
  console.log(`${count} sidecars, tokens of ${tokenTtlSeconds} s, ${Math.round(minutes * 60)} s:`)
  console.log(`token requests ${asked}, tokens taken from the others ${taken}, failed calls ${failed}`)
  console.log(`Redis commands ${Math.round(commands / minutes / 60)} a second`)
  await Promise.all(sidecars.map((one) => one.kill()))
  await bank.stop()
}

async function callFor(ms: number, sidecars: readonly Sidecar[]): Promise<number> {
  const until = performance.now() + ms
  let failed = 0
  const call = async ({ addresses }: Sidecar): Promise<void> => {
    const url = `${originOf(addresses.apps.get('simulator'))}/api/v1/accounts`
    for (; performance.now() < until; await setTimeout(1_000)) {
      const answer = await fetch(url)
      await answer.arrayBuffer()
      if (!answer.ok) failed++
    }
  }
  await Promise.all(sidecars.map(call))
  return failed
}

function originOf(address = ''): string {
  return address.startsWith('http') ? address : `http://${address}`
}

async function sum(sidecars: readonly Sidecar[], pattern: RegExp): Promise<number> {
  const texts = await Promise.all(
    sidecars.map(async ({ addresses }) => (await fetch(`${originOf(addresses.admin)}/metrics`)).text()),
  )
  return texts.flatMap((text) => [...text.matchAll(pattern)]).reduce((all, [, one]) => all + Number(one), 0)
}

const port = await freePort()
const redisArguments = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', dir]
const redis = spawn('redis-server', redisArguments, { stdio: 'ignore' })
try {
  await setTimeout(1_000)
  await measure(port)
} finally {
  redis.kill()
  await rm(dir, { recursive: true, force: true })
}
