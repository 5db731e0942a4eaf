import type { ServerResponse } from 'node:http'
import type { Dispatcher } from 'undici'
import { SidecarError } from '../errors.ts'
import { answerProblem } from './answer.ts'
import { BankCall } from './bank-call.ts'
import { type BodyOptions, hasBody, noBody, type RequestBody, takeBody } from './body.ts'
import type { CallOwner, HeldAnswer } from './call-owner.ts'
import type { Exchange } from './exchange.ts'
import type { BankSession, ExplainFailure, Token } from './session.ts'

export interface ForwardOptions extends BodyOptions {
  readonly environment: string
  /** The bank's origin. */
  readonly origin: string
  /** The newest generation of credentials; throws `certificate_unusable`. */
  readonly session: () => BankSession
  readonly explain: ExplainFailure
  /** From the request's last byte to the head of the bank's answer. */
  readonly responseTimeoutMs: number
  /** The bank's part of the exchange is over. */
  readonly ended: (exchange: Exchange) => void
}

/**
 * The one way to the bank: sends an exchange that has a session and a token, and once more after a 401. It is answered
 * whatever comes of it, unless the app has hung up.
 */
export function createForward(options: ForwardOptions): (exchange: Exchange) => void {
  return function forward(exchange) {
    exchange.calling = true
    exchange.bankStartedAt = options.now()
    const delivery = new Delivery(options, exchange)
    // What came in one piece with the head is there once the parser has returned.
    if (hasBody(exchange)) process.nextTick(() => delivery.send())
    else delivery.send()
  }
}

/** One exchange's calls to the bank: one, or two after a 401. */
class Delivery implements CallOwner {
  readonly #options: ForwardOptions
  readonly #exchange: Exchange
  #body: RequestBody | undefined
  #lost: { readonly error: unknown } | undefined
  #held = false

  constructor(options: ForwardOptions, exchange: Exchange) {
    this.#options = options
    this.#exchange = exchange
  }

  /** By default with the body as the app sends it. */
  send(again?: Buffer | null): void {
    const exchange = this.#exchange
    try {
      this.#body ??= hasBody(exchange) ? takeBody(exchange, this.#options) : noBody
      const content = again === undefined ? this.#body.open() : again
      const call = new BankCall(exchange, this)
      exchange.call = call
      const { dispatcher } = exchange.session as BankSession
      dispatcher.dispatch(bankRequest(this.#options.origin, exchange, content), call)
    } catch (error) {
      // A fault of ours: it must not end the process, with everything else that is under way.
      this.#fail(this.#explained(error, exchange.sent))
    }
  }

  started(): void {
    this.#exchange.sent = true
    this.#exchange.lastByteAt = this.#options.now()
  }

  patienceMs(): number {
    const { responseTimeoutMs, now } = this.#options
    const { request, lastByteAt } = this.#exchange
    const appIsSending = !request.complete && !request.isPaused()
    return appIsSending ? responseTimeoutMs : lastByteAt + responseTimeoutMs - now()
  }

  answering(): boolean {
    return !this.#exchange.gone && !this.#exchange.response.destroyed
  }

  mayReplay(): boolean {
    return !this.#exchange.replayed && !this.#exchange.gone && this.#body?.again() !== undefined
  }

  hold(held: HeldAnswer): void {
    this.#held = true
    void this.#replay(held)
  }

  stale(): void {
    this.#renew(undefined).then(
      () => this.send(),
      (error) => this.#fail(error),
    )
  }

  failed(error: unknown, sent: boolean): void {
    if (this.#held) this.#lost = { error }
    else this.#fail(this.#explained(error, sent))
  }

  blocked(): void {
    const { response, request } = this.#exchange
    // An answer may be blocked many times: one listener is enough.
    if (response.listenerCount('timeout') === 0) {
      response.on('timeout', cutOff)
      // The connection may be the next answer's then, which is not to blame.
      response.prependOnceListener('finish', () => request.socket.setTimeout(0))
    }
    response.setTimeout(this.#options.stallMs)
  }

  brokenOff(error: unknown): void {
    this.#exchange.problem = this.#explained(error, true)
  }

  ended(): void {
    this.#body?.release()
    this.#exchange.calling = false
    this.#exchange.bankEndedAt = this.#options.now()
    this.#options.ended(this.#exchange)
  }

  #fail(error: SidecarError): void {
    if (!this.#exchange.gone) answerProblem(this.#exchange, error, this.#options.environment)
    this.ended()
  }

  #explained(error: unknown, sent: boolean): SidecarError {
    if (!(error instanceof SidecarError)) return this.#options.explain(error, sent)
    return new SidecarError(error.code, error.message, { cause: error, requestSent: sent ? 'maybe' : 'no' })
  }

  async #replay(held: HeldAnswer): Promise<void> {
    const exchange = this.#exchange
    try {
      await this.#renew(exchange.token)
      const content = this.#body?.again()
      if (exchange.gone || content === undefined) throw new Error('nobody waits for it any more')
      exchange.replayed = true
      // RFC 9110 §15.5.2: the bank has not acted on what it answered with 401.
      exchange.sent = false
      this.#held = false
      held.drop()
      this.send(content)
    } catch {
      // Without a new token, the bank's own answer says more than ours would.
      this.#held = false
      if (this.#lost === undefined) held.passOn()
      else this.#fail(this.#explained(this.#lost.error, true))
    }
  }

  /** Gives the exchange the newest session and a token of it, another one than `refused`. */
  async #renew(refused: Exchange['token']): Promise<void> {
    const exchange = this.#exchange
    let session: BankSession
    let token: Token
    do {
      session = this.#options.session()
      const sameTokens = session === exchange.session && refused !== undefined
      token = await (sameTokens ? session.tokens.replacement(refused) : session.tokens.get())
    } while (session !== this.#options.session())
    exchange.session = session
    exchange.token = token
  }
}

/** An app that has taken nothing of what is written for it. */
function cutOff(this: ServerResponse): void {
  if (this.writableLength > 0) this.destroy()
}

function bankRequest(
  origin: string,
  exchange: Exchange,
  body: ReturnType<RequestBody['open']>,
): Dispatcher.DispatchOptions {
  const { head, method, path, query, token } = exchange
  const headers = [...head.headers, 'authorization', (token as Token).authorization]
  if (body !== null && !Buffer.isBuffer(body) && head.contentLength !== undefined)
    headers.push('content-length', String(head.contentLength))
  return { origin, path: path + query, method: method as Dispatcher.HttpMethod, headers, body }
}
