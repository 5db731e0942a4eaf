import { setImmediate } from 'node:timers/promises'

export interface Timer {
  readonly schedule: (run: () => void, delayMs: number) => () => void
}

/**
 * What `work` comes to, or a rejection after `boundMs`. An answer that has arrived, but could not be read yet because this
 * process was busy, is in time: timers come before what sockets have received.
 */
export function within<T>(work: Promise<T>, boundMs: number, { schedule }: Timer): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = schedule(() => void expire(), boundMs)
    const expire = async (): Promise<void> => {
      await setImmediate()
      await setImmediate()
      reject(new TooSlowError())
    }
    work.then(resolve, reject).finally(cancel)
  })
}

class TooSlowError extends Error {
  readonly code = 'NO_ANSWER'
}
