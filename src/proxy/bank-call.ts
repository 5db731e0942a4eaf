import type { Dispatcher } from 'undici'
import { SidecarError } from '../errors.ts'
import {
  type AnswerHead,
  bodyIsUnread,
  breakOff,
  closeAfter,
  endAnswer,
  endWhole,
  hasNoBody,
  isLast,
  writeHead,
} from './answer.ts'
import { AnswerBody } from './answer-body.ts'
import { buildAnswerHeaders, declaredLength } from './answer-headers.ts'
import type { CallOwner } from './call-owner.ts'
import type { Exchange } from './exchange.ts'

/** A discarded answer is read to its end, so that the connection stays usable, but not for ever. */
const discardLimitBytes = 65_536

type State = 'waiting' | 'held' | 'answering' | 'discarding' | 'dropped' | 'over'

/** One request on its way to the bank: undici's handler, which writes the answer straight to the app. */
export class BankCall implements Dispatcher.DispatchHandler {
  readonly #exchange: Exchange
  readonly #owner: CallOwner
  #state: State = 'waiting'
  #started = false
  #controller: Dispatcher.DispatchController | undefined
  #body: AnswerBody | undefined
  #discardedBytes = 0
  /** It came while the answer was held: to HEAD, undici does not pause. */
  #endHeld = false
  #declared = Number.NaN
  #patience: NodeJS.Timeout | undefined

  constructor(exchange: Exchange, owner: CallOwner) {
    this.#exchange = exchange
    this.#owner = owner
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    const { gone, session, token } = this.#exchange
    // undici says that it may start a request again after its connection failed: a payment must not be.
    if (this.#started) controller.abort(new Error('a request is never sent twice'))
    else if (gone) controller.abort(new Error('the app hung up'))
    else if (session === undefined || token === undefined || !session.tokens.holds(token))
      this.#goStale(controller)
    else {
      this.#started = true
      this.#controller = controller
      this.#owner.started()
    }
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    _headers: unknown,
    statusText = '',
  ): void {
    if (status < 100) throw new SidecarError('bank_protocol_error', `the bank answered with status ${status}`)
    if (status < 200) {
      this.#boundPatience(controller)
      return
    }
    clearTimeout(this.#patience)
    // Throws at an answer that cannot be passed on: before the app was promised anything.
    const headers = buildAnswerHeaders(controller.rawHeaders as (Buffer | string)[])
    this.#exchange.bankStatus = status
    const answer = { status, statusText: plainText.test(statusText) ? statusText : '', headers }
    if (status === 401 && this.#owner.mayReplay()) {
      this.#state = 'held'
      controller.pause()
      this.#owner.hold({
        passOn: () => this.#passOn(controller, answer),
        drop: () => this.#discard(controller, 'dropped'),
      })
    } else this.#deliver(controller, answer)
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#state === 'discarding' || this.#state === 'dropped') {
      this.#discardedBytes += chunk.length
      if (this.#discardedBytes > discardLimitBytes)
        controller.abort(new Error('a discarded answer is too long'))
      return
    }
    const first = this.#exchange.responseBytes === 0
    this.#exchange.responseBytes += chunk.length
    if (first && chunk.length === this.#declared && endWhole(this.#exchange, chunk)) return
    this.#body ??= new AnswerBody(this.#exchange.response, () => this.#waitForApp(controller))
    this.#body.write(chunk)
  }

  onResponseEnd(): void {
    if (this.#state === 'held') this.#endHeld = true
    else {
      this.#body?.flush()
      if (this.#state === 'answering') endAnswer(this.#exchange)
      this.#end()
    }
  }

  onResponseError(_controller: unknown, error: Error): void {
    clearTimeout(this.#patience)
    const state = this.#state
    if (state === 'over') return
    if (state === 'discarding' || state === 'dropped') this.#end()
    else if (state === 'answering' && hasNoBody(this.#exchange.bankStatus)) this.onResponseEnd()
    else if (state === 'answering') {
      if (!this.#exchange.gone) this.#owner.brokenOff(error)
      this.#body?.flush()
      breakOff(this.#exchange)
      this.#end()
    } else {
      this.#state = 'over'
      this.#owner.failed(error, this.#started)
    }
  }

  /** The app's connection has closed. What the bank has begun is awaited, since its outcome matters. */
  abandon(): void {
    if (this.#state === 'answering') this.#controller?.abort(new Error('the app hung up'))
  }

  /** undici's own time-out starts anew with every answer that is not the last one (1xx). */
  #boundPatience(controller: Dispatcher.DispatchController): void {
    clearTimeout(this.#patience)
    const ms = this.#owner.patienceMs()
    if (ms > 0) this.#patience = setTimeout(() => this.#boundPatience(controller), ms)
    else
      controller.abort(
        new SidecarError('bank_timeout', 'the bank did not answer within BC_RESPONSE_TIMEOUT_MS'),
      )
  }

  #goStale(controller: Dispatcher.DispatchController): void {
    this.#state = 'over'
    controller.abort(new Error('the token ran out before the request was written'))
    this.#owner.stale()
  }

  /** False when nobody wants it any more. */
  #deliver(controller: Dispatcher.DispatchController, answer: AnswerHead): boolean {
    if (!this.#owner.answering()) {
      this.#discard(controller, 'discarding')
      return false
    }
    this.#state = 'answering'
    if (bodyIsUnread(this.#exchange) || isLast(this.#exchange)) closeAfter(this.#exchange, answer.headers)
    this.#declared = declaredLength(answer.headers)
    writeHead(this.#exchange, answer)
    return true
  }

  #passOn(controller: Dispatcher.DispatchController, answer: AnswerHead): void {
    if (this.#state !== 'held') return
    if (this.#deliver(controller, answer)) this.#goOn(controller)
  }

  #discard(controller: Dispatcher.DispatchController, state: 'discarding' | 'dropped'): void {
    if (this.#state === 'over') return
    this.#state = state
    this.#goOn(controller)
  }

  #waitForApp(controller: Dispatcher.DispatchController): void {
    if (!controller.paused) {
      this.#owner.blocked()
      controller.pause()
      // Node.js tells it amid other work, such as that of another call's parser, which this one must not interrupt.
      this.#exchange.response.once('drain', () => process.nextTick(() => this.#appIsReady(controller)))
    }
  }

  /** After its end, the connection and its parser are another call's. */
  #appIsReady(controller: Dispatcher.DispatchController): void {
    if (this.#state === 'answering') controller.resume()
  }

  #goOn(controller: Dispatcher.DispatchController): void {
    if (this.#endHeld) this.onResponseEnd()
    else controller.resume()
  }

  #end(): void {
    const dropped = this.#state === 'dropped'
    this.#state = 'over'
    if (!dropped) this.#owner.ended()
  }
}

// RFC 9112 §4: what a reason phrase may hold; Node.js would throw on anything else.
const plainText = /^[\t\x20-\x7e]+$/
