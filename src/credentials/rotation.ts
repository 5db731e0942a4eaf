import type { SidecarError } from '../errors.ts'
import { createCandidateSlot } from './candidate.ts'
import type { CredentialEvent } from './credential-event.ts'
import type { CredentialSet } from './credential-set.ts'
import type { Held, Holder } from './holder.ts'
import { createNotices } from './notices.ts'
import type { Reading } from './set-reader.ts'
import { createSettling } from './settling.ts'

export interface RotationOptions<Session> {
  readonly holder: Holder<Session>
  readonly open: (set: CredentialSet) => Session
  readonly prove: (session: Session) => Promise<void>
  readonly retire: (session: Session) => void
  readonly report: (event: CredentialEvent) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** From 0 to 1. */
  readonly random: () => number
  readonly settleMs: number
}

export interface Rotation {
  /** Does what the files ask for; `urgent` asks the bank again about a set that it has refused. */
  react(reading: Reading, urgent: boolean): void
  lastError(): string | null
  /** Gives up the candidate. */
  close(): void
}

/** Puts a new set in the place of the old once the bank has given a token for it; else the old one stays. */
export function createRotation<Session>(options: RotationOptions<Session>): Rotation {
  const { holder, open, prove, retire, report, now, random, settleMs } = options
  const notices = createNotices(report)
  const settling = createSettling({ now, settleMs })
  let refused: string | undefined
  const put = (next: Held<Session>, proved: boolean): void => {
    holder.put(next)
    notices.clear()
    report({ kind: 'applied', set: next.set, proved })
  }
  const slot = createCandidateSlot<Session>({
    prove,
    now,
    random,
    proved: (candidate) => put(candidate, true),
    refused: ({ set, session }, error) => {
      refused = set.identity
      retire(session)
      notices.say('refused', error)
    },
    deferred: (_candidate, error) => notices.say('deferred', error),
  })
  const drop = (): void => {
    const dropped = slot.take()
    if (dropped !== undefined) retire(dropped.session)
  }
  const onSound = (set: CredentialSet, urgent: boolean): void => {
    settling.reset()
    if (slot.identity() !== set.identity) drop()
    // There is nothing to lose: the bank's answer shows with the first request.
    if (holder.fault() !== undefined) put(slot.take() ?? { set, session: open(set) }, false)
    else if (slot.identity() !== undefined) slot.tick()
    else if (set.identity !== refused || urgent) slot.offer({ set, session: open(set) })
  }
  const onUnsound = (fault: SidecarError): void => {
    if (holder.held() === undefined) holder.explain(fault)
    const serving = holder.fault() === undefined
    const firstWord = !serving && notices.lastError() === null
    if (settling.hasLasted(fault.message) || firstWord) notices.say(serving ? 'refused' : 'unusable', fault)
  }
  const onInUse = (): void => {
    settling.reset()
    const expired = holder.fault()
    if (expired === undefined) notices.clear()
    else notices.say('unusable', expired)
  }
  return {
    react: (reading, urgent) => {
      if (reading.kind === 'sound') return onSound(reading.set, urgent)
      drop()
      refused = undefined
      if (reading.kind === 'unsound') onUnsound(reading.fault)
      if (reading.kind === 'in use') onInUse()
    },
    lastError: () => notices.lastError(),
    close: drop,
  }
}
