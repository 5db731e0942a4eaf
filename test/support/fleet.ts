import type { Test } from 'tap'
import { type App, startApp } from './app.ts'
import { startBank, type TestBank } from './bank.ts'
import { type Authority, anyAuthority, type Issued } from './pki.ts'
import type { TestRedis } from './redis.ts'
import { type RunningSidecar, startTestSidecar } from './sidecar.ts'
import { until } from './until.ts'

export interface TestFleet {
  readonly bank: TestBank
  readonly authority: Authority
  readonly client: Issued
  readonly sidecars: readonly RunningSidecar[]
  readonly apps: readonly App[]
  /** One call of each sidecar's app: the statuses. */
  readonly calls: () => Promise<number[]>
  /** Each app calls again and again; gives what to stop it with, which resolves with every status there was. */
  readonly load: () => () => Promise<Map<number, number>>
  /** One more, with the same credentials unless given others. */
  readonly join: (options?: Partial<Parameters<typeof startTestSidecar>[1]>) => Promise<RunningSidecar>
  /** Every sidecar's `tokenCache.connected` is this. */
  readonly allConnected: (connected: boolean) => Promise<void>
}

export interface FleetOptions {
  readonly redis: Pick<TestRedis, 'url'>
  readonly count: number
  readonly tokenLifeSeconds?: number
  readonly env?: Record<string, string>
  readonly ready?: boolean
  /** A Redis that stops answering is given up as fast as in earnest; default false, since a busy machine looks the same. */
  readonly impatient?: boolean
}

const fleetPatience = { calmMs: 60_000, hurriedMs: 60_000 }

/** Sidecars with the same credentials and one Redis, each with an app. */
export async function startFleet(t: Test, options: FleetOptions): Promise<TestFleet> {
  const { redis, count, tokenLifeSeconds = 300, ready = true, impatient = false } = options
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, tokenLifeSeconds })
  const client = await authority.client()
  const env = { BC_TOKEN_CACHE: redis.url, ...options.env }
  const join: TestFleet['join'] = (more = {}) =>
    startTestSidecar(t, {
      bank,
      authority,
      client,
      env,
      ready,
      ...(!impatient && { fleetPatience }),
      ...more,
    })
  const sidecars = await Promise.all(Array.from({ length: count }, () => join()))
  const apps = sidecars.map((one) => startApp(t, one.apps))

  async function repeat(app: App, counts: Map<number, number>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const { status } = await app.call({ path: '/load' })
      counts.set(status, (counts.get(status) ?? 0) + 1)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }

  return {
    bank,
    authority,
    client,
    sidecars,
    apps,
    calls: () => Promise.all(apps.map(async (app) => (await app.call({ path: '/a' })).status)),
    load() {
      const counts = new Map<number, number>()
      const stopping = new AbortController()
      const running = Promise.all(apps.map((app) => repeat(app, counts, stopping.signal)))
      return async () => {
        stopping.abort()
        await running
        return counts
      }
    },
    join,
    async allConnected(connected) {
      for (const { admin } of sidecars)
        await until(async () => (await tokenCacheOf(admin)).connected === connected, {
          what: `connected: ${connected}`,
        })
    },
  }
}

export async function tokenCacheOf(
  admin: string,
): Promise<{ connected: boolean; since: string; lastError: string | null }> {
  const status = (await (await fetch(`${admin}/status`)).json()) as { tokenCache: never }
  return status.tokenCache
}
