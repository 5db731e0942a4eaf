import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Clock } from './clock.ts'
import type { Token } from './token.ts'

/** Where one holder keeps its token: an entry of the cache, and beside it a field that costs nothing to read. */
export interface TokenSlot {
  /** In step with the cache, but for what expired since: check before use. */
  readonly held: { readonly token: Token | undefined }
  /** What the cache gives: never a token past its time. */
  look(): Token | undefined
  put(token: Token): void
  drop(): void
  /** Leaves the cache; what is held stays readable for requests that are still under way. */
  release(): void
}

export interface TokenCache {
  slot(key: string): TokenSlot
  size(): number
}

interface Entry {
  readonly token: Token
  readonly held: { token: Token | undefined }
}

/** Far more generations than ever live at once. */
const most = 32

/** The tokens of one environment: the current one's and a candidate's side by side. */
export function createTokenCache(clock: Pick<Clock, 'now'>): TokenCache {
  const entries = new LRUCache<string, Entry>({
    max: most,
    perf: clock,
    // 0: lru-cache would otherwise keep its own timer, and a time up to 1 ms old.
    ttlResolution: 0,
    dispose({ token, held }) {
      if (held.token === token) held.token = undefined
    },
  })

  function slot(key: string): TokenSlot {
    const held: { token: Token | undefined } = { token: undefined }
    return {
      held,
      look: () => entries.get(key)?.token,
      put(token) {
        const start = clock.now()
        // lru-cache takes a TTL of 0 for "never expires".
        const ttl = Math.max(1, Math.floor(token.until - start))
        entries.set(key, { token, held }, { start, ttl })
        held.token = token
      },
      drop: () => void entries.delete(key),
      release() {
        const { token } = held
        entries.delete(key)
        held.token = token
      },
    }
  }

  return { slot, size: () => entries.size }
}

/** Nobody who reads the cache learns whose token it is. */
export function cacheKey(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex')
}
