import { SidecarError } from '../errors.ts'
import type { Held } from './holder.ts'

export interface CandidateOptions<Session> {
  /** `again`: an attempt before this one came to nothing. */
  readonly prove: (session: Session, attempt: { readonly again: boolean }) => Promise<void>
  /** Whether a failure may be a refusal that the bank did not put into words. */
  readonly mayBeRefusal: (error: SidecarError) => boolean
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly proved: (held: Held<Session>) => void
  readonly refused: (held: Held<Session>, error: SidecarError) => void
  /** The bank could not be asked: it will be, again. */
  readonly deferred: (error: SidecarError) => void
  /** It looks as if the bank refused it; but it will be asked again. */
  readonly doubted: (error: SidecarError) => void
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
  /** Failures in a row that may have been refusals, and the last of them. */
  hangUps: number
  hangUp: unknown
}

/** One connection may break by chance; who hangs up on a certificate twice in a row most likely does not want it. */
const enoughHangUps = 2

/** Keeps at most one candidate, and asks the bank about it until there is an answer or it is taken out. */
export function createCandidateSlot<Session>(options: CandidateOptions<Session>): CandidateSlot<Session> {
  const { prove, mayBeRefusal, now, random, proved, refused, deferred, doubted } = options
  let candidate: Candidate<Session> | undefined

  const attempt = async (asked: Candidate<Session>): Promise<void> => {
    asked.nextAttemptAt = Number.POSITIVE_INFINITY
    const again = asked.attempts > 0
    const error = await prove(asked.session, { again }).then(() => undefined, asSidecarError)
    if (candidate !== asked) return
    if (error === undefined || isRefusal(error)) candidate = undefined
    if (error === undefined) proved(asked)
    else if (candidate === undefined) refused(asked, error)
    else {
      asked.nextAttemptAt = now() + backOffMs(asked.attempts++, error, random())
      if (mayBeRefusal(error)) tellHangUp(asked, error)
      else tellDeferred(asked, error)
    }
  }

  const tellDeferred = (asked: Candidate<Session>, error: SidecarError): void => {
    asked.hangUps = 0
    deferred(error)
  }

  /** An attempt that was put off fails with the same cause as the one before: nothing new was heard of the bank. */
  const tellHangUp = (asked: Candidate<Session>, error: SidecarError): void => {
    if (error.cause !== asked.hangUp) asked.hangUps += 1
    asked.hangUp = error.cause
    if (asked.hangUps >= enoughHangUps) doubted(error)
  }

  return {
    identity: () => candidate?.set.identity,
    offer: (held) => {
      candidate = { ...held, attempts: 0, nextAttemptAt: 0, hangUps: 0, hangUp: undefined }
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
