import { setImmediate } from 'node:timers/promises'

export interface PatienceClock {
  readonly now: () => number
  readonly schedule: (run: () => void, delayMs: number) => () => void
  /** Where nobody waits: a store, or a process of ours, that is busy for a moment is not lost. Default 2 s. */
  readonly calmMs?: number
  /** A request waits for the store no longer than this, however many commands that takes. Default 250 ms. */
  readonly hurriedMs?: number
}

/** How long something of the store is waited for. */
export interface Patience {
  /** Calls back when it is over, unless the returned function is called before. */
  onEnd(end: () => void): () => void
}

/** For several commands in a row. `hurry` says that a request has begun to wait. */
export function createPatience(clock: PatienceClock, hurry?: AbortSignal): Patience {
  const { now, schedule, calmMs = 2_000, hurriedMs = 250 } = clock
  let until = now() + calmMs
  let hurried = false
  return {
    onEnd(end) {
      const arm = (): (() => void) => {
        if (hurry?.aborted && !hurried) {
          hurried = true
          until = Math.min(until, now() + hurriedMs)
        }
        return schedule(end, Math.max(0, until - now()))
      }
      const again = (): void => {
        cancel()
        cancel = arm()
      }
      let cancel = arm()
      hurry?.addEventListener('abort', again, { once: true })
      return () => {
        cancel()
        hurry?.removeEventListener('abort', again)
      }
    },
  }
}

/**
 * What `work` comes to, or a rejection when patience ends. An answer that has arrived, but could not be read yet because this
 * process was busy, is in time: timers come before what sockets have received.
 */
export function within<T>(work: Promise<T>, patience: Patience): Promise<T> {
  return new Promise((resolve, reject) => {
    const expire = async (): Promise<void> => {
      await setImmediate()
      await setImmediate()
      reject(new NoAnswerError())
    }
    const cancel = patience.onEnd(() => void expire())
    work.then(resolve, reject).finally(cancel)
  })
}

export function isNoAnswer(error: unknown): boolean {
  return error instanceof NoAnswerError
}

class NoAnswerError extends Error {
  readonly code = 'NO_ANSWER'
}
