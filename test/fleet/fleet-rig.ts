import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { createFleet, type Fleet } from '../../src/fleet/fleet.ts'
import type { LinkStatus } from '../../src/fleet/link.ts'
import type { FleetResult } from '../../src/fleet/member.ts'
import { Secret } from '../../src/secret.ts'
import type { Clock } from '../../src/token/clock.ts'
import type { TokenEvent } from '../../src/token/events.ts'
import type { TokenHolder } from '../../src/token/holder.ts'
import { createTokenSource, type TokenSource } from '../../src/token/source.ts'
import type { ModelRedis } from './model-redis.ts'

/** The bank's authorization endpoint, as far as tokens go. */
export interface ModelBank {
  answer: (request: number) => { status: number; token?: string; headers?: Record<string, string> }
  delayMs: number
  lifetimeSeconds: number
  /** When it was asked, on the monotonic clock. */
  readonly requests: number[]
}

export function createModelBank(): ModelBank {
  const bank: ModelBank = {
    answer: (request) => ({ status: 200, token: `token-${request}` }),
    delayMs: 100,
    lifetimeSeconds: 300,
    requests: [],
  }
  return bank
}

export interface ModelSidecar {
  readonly holder: TokenHolder
  readonly source: TokenSource
  readonly fleet: Fleet
  readonly events: TokenEvent[]
  readonly results: FleetResult[]
  readonly changes: LinkStatus[]
  readonly stop: () => Promise<void>
}

export interface SidecarOptions {
  readonly clock: Clock
  readonly redis: ModelRedis
  readonly bank: ModelBank
  readonly password?: string
  readonly requestsPerMinute?: number
  readonly tokenTimeoutMs?: number
  /** Default true. */
  readonly keepEvents?: boolean
}

/** A sidecar's real tokens and its real part in the fleet; clock, bank and Redis are models. */
export function startModelSidecar(options: SidecarOptions): ModelSidecar {
  const { clock, redis, bank, password = 'password', keepEvents = true } = options
  const { requestsPerMinute = 6, tokenTimeoutMs = 10_000 } = options
  const events: TokenEvent[] = []
  const results: FleetResult[] = []
  const changes: LinkStatus[] = []
  const fleet = createFleet({ ...clock, open: redis.open, report: (status) => void changes.push(status) })
  const source = createTokenSource({
    ...clock,
    environment: 'test',
    authorizationUrl: 'https://authorization.test',
    refreshMarginMs: 30_000,
    tokenTimeoutMs,
    requestsPerMinute,
    report: (event) => void (keepEvents && events.push(event)),
  })
  const login = { username: new Secret('user'), password: new Secret(password) }
  const thumbprint = 'AA'.repeat(20)
  const place = { environment: 'test', authorizationUrl: 'https://authorization.test', handshakeDigest: '' }
  const shared = fleet.member({
    identity: { ...login, ...place, thumbprint, keyDigest: new Secret('key') },
    requestsPerMinute,
    count: (result) => void (keepEvents && results.push(result)),
  })
  const dispatcher = { request: dispatcherOf(bank, clock) }
  const holder = source.holder({ ...login, identity: '', dispatcher, thumbprint, shared })
  return {
    holder,
    source,
    fleet,
    events,
    results,
    changes,
    async stop() {
      source.close()
      await fleet.close()
    },
  }
}

function dispatcherOf(bank: ModelBank, clock: Clock): Dispatcher['request'] {
  const request = async ({ signal }: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> => {
    bank.requests.push(clock.now())
    const { status, token, headers = {} } = bank.answer(bank.requests.length)
    await delay(bank.delayMs, clock, signal as AbortSignal)
    const text = JSON.stringify({ access_token: token, expires_in: String(bank.lifetimeSeconds) })
    const body = Readable.from([Buffer.from(text)])
    return { statusCode: status, headers, body } as unknown as Dispatcher.ResponseData
  }
  return request as Dispatcher['request']
}

function delay(ms: number, { schedule }: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = schedule(resolve, ms)
    signal.addEventListener('abort', () => {
      cancel()
      reject(new Error('aborted'))
    })
  })
}
