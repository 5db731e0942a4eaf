import { SidecarError } from '../errors.ts'
import { overAfterMs } from '../token-life.ts'
import { backOffMs, type FailureKind } from './back-off.ts'
import type { Clock } from './clock.ts'
import { resultOf } from './events.ts'
import { pausedError } from './paused.ts'
import { isTooLate } from './request-failure.ts'
import type { Lease, SharedTokens } from './shared.ts'
import type { Obtain, ObtainedToken } from './token.ts'

export interface TogetherOptions {
  readonly shared: Pick<SharedTokens, 'claim' | 'offer'>
  /** Asks the bank. */
  readonly obtain: Obtain
  readonly clock: Pick<Clock, 'now' | 'random' | 'schedule'>
  /** The longest that the bank is waited for. */
  readonly timeoutMs: number
  /** How long the token at hand still holds, so that nobody waits for another; 0 when there is none. */
  readonly leisureMs: () => number
}

const firstLookMs = { waitedFor: 50, ahead: 500 }
const lastLookMs = 1_000
/**
 * Sidecars that have lost each other ask one after another while no request waits, between these parts of the time that their
 * token still holds: until then the store may be back, and after that there is time for another try.
 */
const aloneBetween = { from: 0.3, to: 0.7 }

/** Obtains tokens from other sidecars, and from the bank when it is this one's turn, or when there are no others. */
export function obtainTogether(options: TogetherOptions): Obtain {
  const { shared, obtain, clock, leisureMs, timeoutMs } = options
  let known: ObtainedToken | undefined

  async function next(signal: AbortSignal, hurry: AbortSignal): Promise<ObtainedToken> {
    const { from, to } = aloneBetween
    const aloneFrom = clock.now() + leisureMs() * (from + (to - from) * clock.random())
    let lookMs = leisureMs() > 0 ? firstLookMs.ahead : firstLookMs.waitedFor
    for (;;) {
      const claim = await shared.claim(known, hurry)
      if (claim.kind === 'lease') return await ask(claim.lease, signal, hurry)
      signal.throwIfAborted()
      if (claim.kind === 'token') return claim.token
      if (claim.kind === 'paused') throw pausedError(claim)
      const isAlone = claim.kind === 'alone'
      const leftAloneMs = hurry.aborted ? 0 : aloneFrom - clock.now()
      if (isAlone && leftAloneMs <= 0) return await askAlone(signal, hurry)
      const pauseMs = lookMs * (0.5 + clock.random())
      const hurried = await pass(isAlone ? Math.min(pauseMs, leftAloneMs) : pauseMs, { signal, hurry, clock })
      lookMs = hurried ? firstLookMs.waitedFor : Math.min(lastLookMs, lookMs * 1.5)
    }
  }

  function firstOf(obtained: ObtainedToken): ObtainedToken {
    return known !== undefined && isAgain(obtained, known) ? known : obtained
  }

  async function askAlone(signal: AbortSignal, hurry: AbortSignal): Promise<ObtainedToken> {
    const obtained = await obtain(signal, hurry)
    shared.offer(firstOf(obtained))
    return obtained
  }

  async function ask(lease: Lease, signal: AbortSignal, hurry: AbortSignal): Promise<ObtainedToken> {
    const askedAt = clock.now()
    try {
      signal.throwIfAborted()
      const obtained = await obtain(signal, hurry)
      lease.fulfil(obtained)
      return obtained
    } catch (error) {
      // Broken off early, or by this sidecar's own end, it says nothing about the bank.
      const waitedLong = clock.now() - askedAt >= timeoutMs / 2 && isTooLate(signal.reason)
      if ((signal.aborted && !waitedLong) || !(error instanceof SidecarError)) lease.release()
      else lease.fail(failureOf(error, lease, clock))
      throw error
    }
  }

  return async (signal, hurry) => {
    const obtained = await next(signal, hurry)
    known = firstOf(obtained)
    return obtained
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

/** Its life began with the first of the two. */
function isAgain(token: ObtainedToken, known: ObtainedToken): boolean {
  return (
    token.value === known.value && token.dated && token.sentAt < known.sentAt + overAfterMs(known.lifetimeMs)
  )
}

interface Passing {
  readonly signal: AbortSignal
  readonly hurry: AbortSignal
  readonly clock: Pick<Clock, 'schedule'>
}

/** Some time, cut short when somebody begins to hurry: then it comes to true. */
function pass(ms: number, { signal, hurry, clock }: Passing): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => (): void => {
      cancel()
      signal.removeEventListener('abort', abort)
      hurry.removeEventListener('abort', hasten)
      settle()
    }
    const abort = end(() => reject(signal.reason))
    const hasten = end(() => resolve(true))
    const cancel = clock.schedule(
      end(() => resolve(false)),
      ms,
    )
    signal.addEventListener('abort', abort)
    hurry.addEventListener('abort', hasten)
  })
}
