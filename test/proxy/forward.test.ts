import { test } from 'tap'
import { type Dispatcher, errors } from 'undici'
import { bankFailure } from '../../src/bank/failure.ts'
import { SidecarError } from '../../src/errors.ts'
import { type Exchange, type ExchangeParts, openExchange } from '../../src/proxy/exchange.ts'
import { createForward } from '../../src/proxy/forward.ts'
import { readRequestHead } from '../../src/proxy/request-headers.ts'
import type { BankSession, Token } from '../../src/proxy/session.ts'

const token = { authorization: 'Bearer t' }
const controller = {
  pause: () => undefined,
  resume: () => undefined,
  rawHeaders: [],
} as unknown as Dispatcher.DispatchController

interface Script {
  readonly bank: (handler: Dispatcher.DispatchHandler) => void
  readonly replacement?: (exchange: Exchange) => Promise<Token>
}

/** Forwards a request without a body to a scripted bank: what it came to, and how often it was sent. */
async function forwardOnce({ bank, replacement = async () => token }: Script) {
  let sent = 0
  const dispatcher = {
    dispatch(_options: unknown, handler: Dispatcher.DispatchHandler): boolean {
      sent += 1
      bank(handler)
      return true
    },
  }
  const tokens = {
    peek: () => token,
    get: async () => token,
    holds: () => true,
    replacement: () => replacement(exchange),
  }
  const session: BankSession = { dispatcher, tokens }
  const response = { destroyed: true, destroy: () => undefined }
  const parts = {
    request: { method: 'POST', complete: true },
    response,
    head: readRequestHead([]),
    draining: () => false,
  }
  const exchange = Object.assign(openExchange(parts as unknown as ExchangeParts), { session, token })
  await new Promise<void>((resolve) => {
    const forward = createForward({
      environment: 'test',
      origin: 'https://bank.example',
      session: () => session,
      explain: bankFailure,
      responseTimeoutMs: 1_000,
      stallMs: 1_000,
      limitBytes: 10,
      replays: { keep: () => ({}) as never, heldBytes: () => 0 },
      now: () => 0,
      ended: () => resolve(),
    })
    forward(exchange)
  })
  return { problem: exchange.problem, sent }
}

test('a 401 that breaks off while a new token is asked for in vain is a lost connection', async (t) => {
  const { problem, sent } = await forwardOnce({
    bank(handler) {
      handler.onRequestStart?.(controller, {})
      handler.onResponseStart?.(controller, 401, {})
      handler.onResponseError?.(controller, new errors.SocketError('other side closed'))
    },
    replacement: () => Promise.reject(new Error('no token')),
  })
  t.match(problem, { code: 'bank_connection_lost', requestSent: 'maybe' })
  t.equal(sent, 1)
})

test('a request whose app hung up while a new token was asked for is not sent again', async (t) => {
  let end = (): void => undefined
  const { problem, sent } = await forwardOnce({
    bank(handler) {
      handler.onRequestStart?.(controller, {})
      handler.onResponseStart?.(controller, 401, {})
      end = () => handler.onResponseEnd?.(controller, {})
    },
    async replacement(exchange) {
      exchange.gone = true
      setImmediate(() => end())
      return token
    },
  })
  t.equal(problem, undefined)
  t.equal(sent, 1)
})

test('an error that came before anything was sent says no, whatever it says itself', async (t) => {
  const error = new SidecarError('request_timeout', 'too slow', { requestSent: 'maybe' })
  const { problem } = await forwardOnce({ bank: (handler) => handler.onResponseError?.(controller, error) })
  t.match(problem, { code: 'request_timeout', requestSent: 'no' })
})

test('a fault inside the sidecar is answered as one, and ends nothing else', async (t) => {
  const fault = (): never => {
    throw new TypeError('undefined is not a function')
  }
  const { problem } = await forwardOnce({ bank: fault })
  t.match(problem, { code: 'internal_error', requestSent: 'no' })
  const { problem: later } = await forwardOnce({
    bank(handler) {
      handler.onRequestStart?.(controller, {})
      fault()
    },
  })
  t.match(later, { code: 'internal_error', requestSent: 'maybe' })
})
