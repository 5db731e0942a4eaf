import type { Dispatcher } from 'undici'

/**
 * Gives a handler the bank's answers with their raw headers alone. undici's core speaks its older handler interface, and adapts
 * the documented one by making an object of every answer's headers, which nobody here reads.
 */
export class RawAnswers implements Dispatcher.DispatchHandler, Dispatcher.DispatchController {
  readonly #handler: Dispatcher.DispatchHandler
  #abort: ((reason: Error) => void) | undefined
  #resume: (() => void) | undefined
  aborted = false
  paused = false
  reason: Error | null = null
  rawHeaders: Buffer[] = []

  constructor(handler: Dispatcher.DispatchHandler) {
    this.#handler = handler
  }

  onConnect(abort: (reason?: Error) => void): void {
    this.#abort = abort
    this.#handler.onRequestStart?.(this, undefined)
  }

  onHeaders(status: number, rawHeaders: Buffer[], resume: () => void, statusText: string): boolean {
    this.#resume = resume
    this.rawHeaders = rawHeaders
    this.#handler.onResponseStart?.(this, status, none, statusText)
    return !this.paused
  }

  onData(chunk: Buffer): boolean {
    this.#handler.onResponseData?.(this, chunk)
    return !this.paused
  }

  onComplete(): void {
    this.#handler.onResponseEnd?.(this, none)
  }

  onError(error: Error): void {
    this.#handler.onResponseError?.(this, error)
  }

  pause(): void {
    this.paused = true
  }

  resume(): void {
    if (this.paused) {
      this.paused = false
      this.#resume?.()
    }
  }

  abort(reason: Error): void {
    this.aborted = true
    this.reason = reason
    this.#abort?.(reason)
  }
}

const none: Record<string, string> = {}
