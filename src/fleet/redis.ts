import { isIP, type LookupFunction } from 'node:net'
import type { Secret } from '../secret.ts'
import { createLookup } from './lookup.ts'
import { drop, look, type Script, write } from './scripts.ts'
import type { OpenStore, Written } from './store.ts'

const connectTimeoutMs = 2_000
const keepAliveMs = 30_000
/** Of the probe, as Redis's clock has it: long enough for nothing. */
const probeLifeMs = 1_000

/**
 * Loads the library, which nobody needs who shares no token, and takes longer than a request may wait for the store. What comes
 * of it opens one connection to Redis or Valkey. Nothing reconnects by itself.
 */
export async function redisStore(url: Secret): Promise<OpenStore> {
  const { createClient } = await import('@redis/client')
  const lookup = createLookup()
  return async ({ signal, onLost }) => {
    const client = createClient({
      ...connectionOf(url, lookup),
      // Old servers and proxies know it, too.
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      maintNotifications: 'disabled',
    })
    const close = (): void => client.destroy()
    client.on('error', onLost)
    signal.addEventListener('abort', close, { once: true })
    signal.throwIfAborted()
    await client.connect()
    signal.removeEventListener('abort', close)

    async function run({ text, sha1 }: Script, keys: readonly string[], values: readonly string[]) {
      const rest = [String(keys.length), ...keys, ...values]
      try {
        return await client.sendCommand(['EVALSHA', sha1, ...rest])
      } catch (error) {
        if (!(error instanceof Error) || !error.message.startsWith('NOSCRIPT')) throw error
        return await client.sendCommand(['EVAL', text, ...rest])
      }
    }

    return {
      async look({ token, pace }) {
        return snapshotOf(await run(look, [token, pace], []))
      },
      async write(names, { expectedPace, pace, paceLifeMs, token }) {
        const put = token === undefined ? [] : [token.text, String(token.lifeMs)]
        const values = [expectedPace, pace, String(paceLifeMs), ...put]
        return snapshotOf(await run(write, [names.token, names.pace], values))
      },
      async drop({ token }, expectedToken) {
        await run(drop, [token], [expectedToken])
      },
      async probe() {
        await client.sendCommand(['SET', 'bc-sidecar:probe', '', 'PX', String(probeLifeMs)])
      },
      close,
    }
  }
}

function connectionOf(secret: Secret, lookup: LookupFunction) {
  const { protocol, hostname, port, username, password, pathname } = new URL(secret.reveal())
  const host = hostname.replace(/^\[|\]$/g, '')
  const address = { host, port: Number(port || 6379), lookup }
  const socket = { ...address, connectTimeout: connectTimeoutMs, keepAliveInitialDelay: keepAliveMs }
  const servername = isIP(host) === 0 ? { servername: host } : {}
  return {
    socket:
      protocol === 'rediss:'
        ? { ...socket, ...servername, tls: true as const, reconnectStrategy: false as const }
        : { ...socket, reconnectStrategy: false as const },
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    database: Number(pathname.slice(1)),
  }
}

function snapshotOf(reply: unknown): Written {
  const [token, pace, atMs, done]: unknown[] = Array.isArray(reply) ? reply : []
  if (typeof token === 'string' && typeof pace === 'string' && typeof atMs === 'number')
    return { token, pace, atMs, done: done === 1 }
  throw new Error('Redis answered something else than the script gives')
}
