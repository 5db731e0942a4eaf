import type { EnvironmentMetrics } from './environment-metrics.ts'
import type { Family } from './sample.ts'

/** The connection to Redis, where tokens are shared. `since` in milliseconds since 1970. */
export interface TokenCacheLink {
  readonly connected: boolean
  readonly since: number
  readonly lastError: string | null
}

export type TokenCacheReport =
  | { readonly kind: 'memory' }
  | {
      readonly kind: 'redis'
      readonly connected: boolean
      readonly since: string
      /** Why it is not connected, or was not before. */
      readonly lastError: string | null
    }

export function tokenCacheReport(link: TokenCacheLink | undefined): TokenCacheReport {
  if (link === undefined) return { kind: 'memory' }
  const { connected, since, lastError } = link
  return { kind: 'redis', connected, since: new Date(since).toISOString(), lastError }
}

export interface TokenCacheFamiliesOptions {
  readonly counted: ReadonlyMap<string, EnvironmentMetrics>
  /** Not given when every sidecar keeps its own. */
  readonly tokenCache: (() => TokenCacheLink) | undefined
}

export function tokenCacheFamilies({ counted, tokenCache }: TokenCacheFamiliesOptions): Family[] {
  if (tokenCache === undefined) return []
  return [
    {
      name: 'bc_sidecar_token_cache_up',
      help: '1 while the Redis of BC_TOKEN_CACHE is connected, and can be written to.',
      type: 'gauge',
      samples: () => [{ labels: {}, value: Number(tokenCache().connected) }],
    },
    {
      name: 'bc_sidecar_token_cache_operations_total',
      help: 'What came of looking for a token among the sidecars that share one.',
      type: 'counter',
      samples: () => [...counted].flatMap(([environment, one]) => one.tokenCache.samples(environment)),
    },
  ]
}
