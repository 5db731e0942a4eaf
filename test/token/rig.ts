import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { Secret } from '../../src/secret.ts'
import type { TokenEvent } from '../../src/token/events.ts'
import type { TokenHolder } from '../../src/token/holder.ts'
import { createTokenSource, type TokenSource, type TokenSourceOptions } from '../../src/token/source.ts'
import { createManualClock, type ManualClock } from './clock.ts'

export interface Answer {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** JSON, unless it is a string. */
  readonly body?: unknown
  readonly error?: Error
}

export interface FakeBank {
  /** How the next requests are answered. */
  answer: (request: number) => Answer
  /** Told when an answer has come to whom it was for, who may have given up before. */
  arrived: () => void
  delayMs: number
  lifetimeSeconds: number
  /** Moments of every token request, on the monotonic clock. */
  readonly requests: number[]
  underWay: number
  /** Of one holder. */
  mostUnderWay: number
}

export interface Rig {
  readonly clock: ManualClock
  readonly bank: FakeBank
  readonly events: TokenEvent[]
  readonly source: TokenSource
  readonly holder: TokenHolder
  readonly another: () => TokenHolder
}

export const loaded = 'AA'.repeat(20)

/** A token source on a manual clock, and a bank without a network. */
export function createRig(options: Partial<TokenSourceOptions> = {}): Rig {
  const clock = createManualClock(options.random)
  const events: TokenEvent[] = []
  const bank: FakeBank = {
    answer: (request) => ok(`token-${request}`, bank.lifetimeSeconds),
    arrived: () => undefined,
    delayMs: 0,
    lifetimeSeconds: 300,
    requests: [],
    underWay: 0,
    mostUnderWay: 0,
  }
  const source = createTokenSource({
    environment: 'sandbox',
    authorizationUrl: 'https://authorization.test',
    refreshMarginMs: 30_000,
    tokenTimeoutMs: 10_000,
    requestsPerMinute: 6,
    report: (event) => void events.push(event),
    ...clock,
    ...options,
  })
  const another = () =>
    source.holder({
      identity: 'user and certificate',
      dispatcher: createDispatcher(bank, clock),
      username: new Secret('user'),
      password: new Secret('password'),
      thumbprint: loaded,
    })
  return { clock, bank, events, source, holder: another(), another }
}

export function ok(token: string, lifetimeSeconds: number): Answer {
  return { body: { access_token: token, expires_in: String(lifetimeSeconds) } }
}

/** A JWT that nobody signed. */
export function jwt(claims: Record<string, unknown>): string {
  const part = (content: unknown) => Buffer.from(JSON.stringify(content)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`
}

export async function failure(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise
  } catch (error) {
    return error as Error & Record<string, unknown>
  }
  throw new Error('it did not fail')
}

function createDispatcher(bank: FakeBank, clock: ManualClock): Pick<Dispatcher, 'request'> {
  let underWay = 0
  async function request({ signal }: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    const aborted = signal as AbortSignal
    bank.requests.push(clock.now())
    const answer = bank.answer(bank.requests.length)
    bank.underWay++
    bank.mostUnderWay = Math.max(bank.mostUnderWay, ++underWay)
    try {
      if (bank.delayMs > 0) await delay(bank.delayMs, clock, aborted)
    } finally {
      bank.underWay--
      underWay--
    }
    bank.arrived()
    if (answer.error) throw answer.error
    const { status = 200, headers = {}, body = '' } = answer
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    return {
      statusCode: status,
      headers,
      body: Readable.from([Buffer.from(text)]),
    } as unknown as Dispatcher.ResponseData
  }
  return { request: request as Dispatcher['request'] }
}

function delay(ms: number, clock: ManualClock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(resolve, ms)
    signal.addEventListener('abort', () => {
      cancel()
      reject(new Error('aborted'))
    })
  })
}
