import type { Test } from 'tap'
import type { Handler, Listener } from './bank-listener.ts'

/** The bank answers like this for as long as the test lasts. */
export function answerWith(t: Test, api: Listener, handler: Handler): void {
  const plain = api.handler
  t.teardown(() => {
    api.handler = plain
  })
  api.handler = handler
}

/** From now on, the bank answers as before, but only once that has come true. */
export function answerAfter(listener: Listener, ready: () => Promise<unknown>): void {
  const plain = listener.handler
  listener.handler = async (exchange) => {
    await ready()
    await plain(exchange)
  }
}
