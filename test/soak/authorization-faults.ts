import { setTimeout as sleep } from 'node:timers/promises'
import { type Exchange, type Handler, respond, type TestBank } from '../support/bank.ts'

/** What an authorization endpoint can do instead of what it should. */
export const authorizationFaults = {
  500: ({ response }) => respond(response, 500, []),
  '503 with Retry-After': ({ response }) => {
    response.setHeader('retry-after', '1')
    respond(response, 503, [])
  },
  '429 with Retry-After': ({ response }) => {
    response.setHeader('retry-after', '2')
    respond(response, 429, [])
  },
  '429 with a date': ({ response }) => {
    response.setHeader('retry-after', new Date(Date.now() + 2_000).toUTCString())
    respond(response, 429, [])
  },
  hang: () => {},
  reset: ({ socket }) => void socket.destroy(),
  'half an answer': ({ response, socket }) => {
    response.writeHead(200, { 'content-length': 1_000 })
    response.write('{"access_token":', () => socket.destroy())
  },
  'no HTTP': ({ socket }) => void socket.end('This is no HTTP.\r\n\r\n'),
  empty: ({ response }) => void response.writeHead(200, { 'content-length': 0 }).end(),
  HTML: ({ response }) => void response.end('<!doctype html>'),
  'no token': ({ response }) => respond(response, 200, { expires_in: '300' }),
  'a line break': ({ response }) => respond(response, 200, { access_token: 'a\r\nb: c', expires_in: '300' }),
  'a negative lifetime': ({ response }) =>
    respond(response, 200, { access_token: 'a.b.c', expires_in: '-1' }),
  'a redirect': ({ response }) => void response.writeHead(302, { location: '/elsewhere' }).end(),
  '10 MB': ({ response }) => void response.end(Buffer.alloc(10_000_000, 'x')),
  'a trickle': async ({ response, socket }) => {
    response.writeHead(200)
    while (socket.writable && response.write(' ')) await sleep(100)
  },
} as const satisfies Record<string, Handler>

export type FaultName = keyof typeof authorizationFaults

export interface FaultsOptions {
  readonly bank: Pick<TestBank, 'authorization'>
  /** How long the endpoint takes when nothing is wrong. */
  readonly delayMs: number
  /** From 0 to less than 1. */
  readonly random: () => number
  readonly signal: AbortSignal
}

export interface Faults {
  /** How often each one was on. */
  readonly counts: Readonly<Record<string, number>>
  /** When the last one ended; now, while one is on. */
  lastActiveAt(): number
  /** Resolves when the last one is over. */
  readonly ended: Promise<void>
}

/** Breaks the authorization endpoint for a while, in one way after another, until told to end. */
export function mixFaults({ bank, delayMs, random, signal }: FaultsOptions): Faults {
  const plain = bank.authorization.handler
  const slow: Handler = async (exchange: Exchange) => {
    await sleep(delayMs)
    await plain(exchange)
  }
  const names = Object.keys(authorizationFaults) as FaultName[]
  const counts: Record<string, number> = {}
  let active = false
  let lastActiveAt = Number.NEGATIVE_INFINITY
  const rest = (ms: number) => sleep(ms, undefined, { signal }).catch(() => undefined)

  async function mix(): Promise<void> {
    while (!signal.aborted) {
      bank.authorization.handler = slow
      await rest(2_000 + random() * 6_000)
      if (signal.aborted) break
      const name = names[Math.floor(random() * names.length)] as FaultName
      counts[name] = (counts[name] ?? 0) + 1
      bank.authorization.handler = authorizationFaults[name]
      active = true
      await rest(500 + random() * 5_000)
      active = false
      lastActiveAt = performance.now()
    }
    bank.authorization.handler = slow
  }

  return { counts, lastActiveAt: () => (active ? performance.now() : lastActiveAt), ended: mix() }
}
