import type { SidecarError } from '../errors.ts'
import { type CandidateOptions, createCandidateSlot } from './candidate.ts'
import { type Complaints, createComplaints } from './complaints.ts'
import type { CredentialEvent } from './credential-event.ts'
import type { CredentialSet } from './credential-set.ts'
import type { Held, Holder } from './holder.ts'
import type { Reading } from './set-reader.ts'

export interface RotationOptions<Session> {
  readonly holder: Holder<Session>
  readonly open: (set: CredentialSet) => Session
  readonly prove: CandidateOptions<Session>['prove']
  readonly mayBeRefusal: CandidateOptions<Session>['mayBeRefusal']
  readonly retry: (session: Session) => void
  readonly retire: (session: Session) => void
  readonly report: (event: CredentialEvent) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly settleMs: number
}

export interface Rotation {
  /** Does what the files ask for; `urgent` asks the bank again about a set that it has refused, and retries the one in use. */
  react(reading: Reading, urgent: boolean): void
  lastError(): string | null
  /** Gives up the candidate. */
  close(): void
}

/** Puts a new set in the place of the old once the bank has given a token for it; else the old one stays. */
export function createRotation<Session>(options: RotationOptions<Session>): Rotation {
  const { holder, open, retry, retire, report } = options
  const complaints = createComplaints(options)
  let refused: string | undefined
  const put = (next: Held<Session>, proved: boolean): void => {
    holder.put(next)
    complaints.clear()
    report({ kind: 'applied', set: next.set, proved })
  }
  const slot = createCandidateSlot<Session>({
    ...options,
    proved: (candidate) => put(candidate, true),
    refused: ({ set, session }, error) => {
      refused = set.identity
      retire(session)
      complaints.say('refused', error)
    },
    deferred: (error) => complaints.say('deferred', error),
    doubted: (error) => complaints.say('refused', error),
  })
  const drop = (): void => {
    const dropped = slot.take()
    if (dropped !== undefined) retire(dropped.session)
  }
  const onSound = (set: CredentialSet, urgent: boolean): void => {
    complaints.sound()
    if (slot.identity() !== set.identity) drop()
    // There is nothing to lose: the bank's answer shows with the first request.
    if (holder.fault() !== undefined) put(slot.take() ?? { set, session: open(set) }, false)
    else if (slot.identity() !== undefined) slot.tick()
    else if (set.identity !== refused || urgent) slot.offer({ set, session: open(set) })
  }
  const onInUse = (urgent: boolean): void => {
    const expired = holder.fault()
    if (expired === undefined) complaints.clear()
    else complaints.say('unusable', expired)
    if (urgent && expired === undefined) retry(holder.usable().session)
  }
  const react = (reading: Reading, urgent: boolean): void => {
    if (reading.kind === 'sound') {
      onSound(reading.set, urgent)
      return
    }
    drop()
    refused = undefined
    if (reading.kind === 'in use') onInUse(urgent)
    if (reading.kind === 'unsound') sayUnsound(reading.fault, holder, complaints)
  }
  return { react, lastError: () => complaints.lastError(), close: drop }
}

function sayUnsound(fault: SidecarError, holder: Holder<unknown>, complaints: Complaints): void {
  if (holder.held() === undefined) holder.explain(fault)
  complaints.unsound(fault, holder.fault() === undefined)
}
