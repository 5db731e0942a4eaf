import { SidecarError } from '../errors.ts'
import type { Held } from './holder.ts'

export interface CandidateOptions<Session> {
  readonly prove: (session: Session) => Promise<void>
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly proved: (held: Held<Session>) => void
  readonly refused: (held: Held<Session>, error: SidecarError) => void
  /** The bank could not be asked: it will be, again. */
  readonly deferred: (held: Held<Session>, error: SidecarError) => void
}

export interface CandidateSlot<Session> {
  /** Of the set that waits, or is being proved. */
  identity(): string | undefined
  /** Puts a candidate in the empty slot, and asks the bank about it. */
  offer(held: Held<Session>): void
  /** Asks again when it is time. */
  tick(): void
  /** Empties the slot: what the bank answers from now on does not count. */
  take(): Held<Session> | undefined
}

interface Candidate<Session> extends Held<Session> {
  attempts: number
  /** Infinity while it is being proved. */
  nextAttemptAt: number
}

/** Keeps at most one candidate, and asks the bank about it until there is an answer or it is taken out. */
export function createCandidateSlot<Session>(options: CandidateOptions<Session>): CandidateSlot<Session> {
  const { prove, now, random, proved, refused, deferred } = options
  let candidate: Candidate<Session> | undefined

  const attempt = async (asked: Candidate<Session>): Promise<void> => {
    asked.nextAttemptAt = Number.POSITIVE_INFINITY
    const error = await prove(asked.session).then(() => undefined, asSidecarError)
    if (candidate !== asked) return
    if (error === undefined || isRefusal(error)) candidate = undefined
    else asked.nextAttemptAt = now() + backOffMs(asked.attempts++, error, random())
    if (error === undefined) proved(asked)
    else if (candidate === undefined) refused(asked, error)
    else deferred(asked, error)
  }

  return {
    identity: () => candidate?.set.identity,
    offer: (held) => {
      candidate = { ...held, attempts: 0, nextAttemptAt: 0 }
      void attempt(candidate)
    },
    tick: () => {
      if (candidate !== undefined && now() >= candidate.nextAttemptAt) void attempt(candidate)
    },
    take: () => {
      const taken = candidate
      candidate = undefined
      return taken
    },
  }
}

/** Anything else says something about the bank, not about the credentials. */
function isRefusal({ code }: SidecarError): boolean {
  return code === 'credentials_rejected' || code === 'certificate_unusable'
}

function asSidecarError(error: unknown): SidecarError {
  if (error instanceof SidecarError) return error
  return new SidecarError('internal_error', 'the new credentials could not be tried', { cause: error })
}

/** 2 s, doubled with every attempt up to a minute, jittered; never less than the bank asks for. */
function backOffMs(attempts: number, { retryAfterSeconds = 0 }: SidecarError, random: number): number {
  const exponential = Math.min(2_000 * 2 ** attempts, 60_000)
  return Math.max(exponential * (0.5 + random / 2), retryAfterSeconds * 1_000)
}
