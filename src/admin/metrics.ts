import {
  createEnvironmentMetrics,
  type EnvironmentMetrics,
  type ReloadResult,
  type TokenCacheResult,
} from './environment-metrics.ts'
import type { EnvironmentReport, TokenResult } from './environment-report.ts'
import { createExposition } from './exposition.ts'
import { families } from './families.ts'
import type { RequestRecord } from './request-record.ts'
import type { TokenCacheLink } from './token-cache.ts'
import type { TrafficReport } from './traffic.ts'

export interface MetricsOptions {
  readonly version: string
  /** Their names. */
  readonly environments: readonly string[]
  /** How the connection to it is, when tokens are shared. */
  readonly tokenCache?: (() => TokenCacheLink) | undefined
  /** Monotonic milliseconds. */
  readonly now?: () => number
  readonly wallNow?: () => number
}

export interface Reload {
  readonly at: string
  readonly result: ReloadResult
}

/** Each call counts for the environment that it names, which is one of those that were named at the start. */
export interface Metrics {
  request(record: RequestRecord): void
  tokenRequest(
    environment: string,
    outcome: { readonly result: TokenResult; readonly durationMs: number },
  ): void
  /** A TLS connection to the bank was opened. */
  connection(environment: string, resumed: boolean): void
  reload(environment: string, result: ReloadResult): void
  /** Other sidecars were asked for a token: what came of it. */
  tokenCache(environment: string, result: TokenCacheResult): void
  lastReload(environment: string): Reload | null
  traffic(environment: string, inFlight: number): TrafficReport
  /** Prometheus text, with the gauges as the reports have them. */
  text(reports: readonly EnvironmentReport[]): Promise<string>
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { version, environments, tokenCache, now = () => performance.now(), wallNow = Date.now } = options
  const counted = new Map(environments.map((name) => [name, createEnvironmentMetrics({ now, wallNow })]))
  const reloads = new Map<string, Reload>()
  let reports: readonly EnvironmentReport[] = []
  const exposition = createExposition(
    families({ version, node: process.version, counted, tokenCache, reports: () => reports }),
  )

  function of(environment: string): EnvironmentMetrics {
    const metrics = counted.get(environment)
    if (metrics === undefined) throw new Error(`no environment is called ${environment}`)
    return metrics
  }

  return {
    request: (record) => of(record.environment).request(record),
    tokenRequest(environment, { result, durationMs }) {
      of(environment).tokenRequests.add(result)
      of(environment).tokenDuration.observe(durationMs)
    },
    connection: (environment, resumed) => of(environment).connections.add(resumed ? 'true' : 'false'),
    reload(environment, result) {
      of(environment).reloads.add(result)
      reloads.set(environment, { at: new Date(wallNow()).toISOString(), result })
    },
    tokenCache: (environment, result) => of(environment).tokenCache.add(result),
    lastReload: (environment) => reloads.get(environment) ?? null,
    traffic: (environment, inFlight) => of(environment).traffic.report(inFlight),
    text(current) {
      reports = current
      return exposition()
    },
  }
}
