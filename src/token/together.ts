import { SidecarError } from '../errors.ts'
import { backOffMs, type FailureKind } from './back-off.ts'
import type { Clock } from './clock.ts'
import { resultOf } from './events.ts'
import { pausedError } from './paused.ts'
import type { Lease, SharedTokens } from './shared.ts'
import type { Obtain, ObtainedToken } from './token.ts'

export interface TogetherOptions {
  readonly shared: Pick<SharedTokens, 'claim'>
  /** Asks the bank. */
  readonly obtain: Obtain
  readonly clock: Pick<Clock, 'random' | 'schedule'>
  /** How long the token at hand still holds, so that nobody waits for another; 0 when there is none. */
  readonly leftMs: () => number
}

const firstLookMs = { waitedFor: 50, ahead: 500 }
const lastLookMs = 1_000
/** Sidecars that have lost each other ask one after another, where no request waits: within this time, or part of what is left. */
const spread = { mostMs: 5_000, share: 0.25 }

/** Obtains tokens from other sidecars, and from the bank when it is this one's turn, or when there are no others. */
export function obtainTogether({ shared, obtain, clock, leftMs }: TogetherOptions): Obtain {
  let known: ObtainedToken | undefined

  async function next(signal: AbortSignal, hurry: AbortSignal): Promise<ObtainedToken> {
    let spreadMs = Math.min(spread.mostMs, leftMs() * spread.share)
    let lookMs = spreadMs > 0 ? firstLookMs.ahead : firstLookMs.waitedFor
    for (;;) {
      const claim = await shared.claim(known, hurry)
      if (claim.kind === 'lease') return await ask(claim.lease, signal, hurry)
      signal.throwIfAborted()
      if (claim.kind === 'token') return claim.token
      if (claim.kind === 'paused') throw pausedError(claim)
      if (claim.kind === 'alone' && spreadMs === 0) return await obtain(signal, hurry)
      const isAlone = claim.kind === 'alone'
      await pass(isAlone ? spreadMs * clock.random() : lookMs * (0.5 + clock.random()), signal, clock)
      if (isAlone) spreadMs = 0
      else lookMs = Math.min(lastLookMs, lookMs * 1.5)
    }
  }

  async function ask(lease: Lease, signal: AbortSignal, hurry: AbortSignal): Promise<ObtainedToken> {
    try {
      signal.throwIfAborted()
      const obtained = await obtain(signal, hurry)
      lease.fulfil(obtained)
      return obtained
    } catch (error) {
      if (signal.aborted || !(error instanceof SidecarError)) lease.release()
      else lease.fail(failureOf(error, lease, clock))
      throw error
    }
  }

  return async (signal, hurry) => {
    known = await next(signal, hurry)
    return known
  }
}

/**
 * A single sidecar that is refused may be the only one: its address may be unknown to the bank. All hold to the long pace of
 * refused credentials once another one has heard the same.
 */
function failureOf(error: SidecarError, { failures }: Lease, { random }: Pick<Clock, 'random'>) {
  const kind: FailureKind = resultOf(error)
  const before = failures?.kind === kind ? failures.inARow : 0
  const alone = kind === 'rejected' && !(before > 1 || (before === 1 && failures?.elsewhere))
  const heldTo: FailureKind = alone ? 'failed' : kind
  const seconds = error.retryAfterSeconds
  const retryAfterMs = seconds === undefined ? undefined : seconds * 1000
  return { kind, heldTo, pauseMs: backOffMs({ kind: heldTo, before, retryAfterMs, random }) }
}

function pass(ms: number, signal: AbortSignal, { schedule }: Pick<Clock, 'schedule'>): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = (): void => {
      cancel()
      reject(signal.reason)
    }
    const cancel = schedule(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    signal.addEventListener('abort', abort, { once: true })
  })
}
