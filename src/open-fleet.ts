import type { Logger } from 'pino'
import type { Configuration } from './config/schema.ts'
import { createFleet, type Fleet, type FleetOptions } from './fleet/fleet.ts'
import { redisStore } from './fleet/redis.ts'

/** How long Redis is waited for, if not as long as usual. */
export type FleetPatience = Pick<FleetOptions, 'calmMs' | 'hurriedMs'>

/** Connects to Redis, if there is to be one; whether it can be reached changes nothing but who asks for tokens. */
export async function openFleet(
  tokenCache: Configuration['tokenCache'],
  log: Logger,
  patience: FleetPatience = {},
): Promise<Fleet | undefined> {
  if (tokenCache.kind === 'memory') return undefined
  return createFleet({
    ...patience,
    open: await redisStore(tokenCache.url),
    report({ connected, lastError: reason }) {
      if (connected) log.info({ event: 'token_cache_connected' }, 'tokens are shared with other sidecars')
      else log.warn({ event: 'token_cache_lost', reason }, 'no token cache, this sidecar asks for itself')
    },
  })
}
