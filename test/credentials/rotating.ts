import type { CredentialEvent } from '../../src/credentials/credential-event.ts'
import { createHolder } from '../../src/credentials/holder.ts'
import { createRotation, type Rotation } from '../../src/credentials/rotation.ts'
import { unusable } from '../../src/credentials/unusable.ts'
import { type BankAnswers, bankAnswers } from './bank-answers.ts'
import { soundSet } from './sound-set.ts'

export interface Rotating {
  rotation: Rotation
  holder: ReturnType<typeof createHolder<string>>
  bank: BankAnswers
  events: CredentialEvent[]
  retired: string[]
  retried: string[]
  clock: { nowMs: number; wallMs: number }
  session: () => string | undefined
  sound: (identity: string, options?: { notAfterMs?: number; urgent?: boolean }) => void
  unsound: (problem: string) => void
}

/** A rotation without files: the test says what they hold, what the bank answers and what time it is. */
export function rotating(): Rotating {
  const events: CredentialEvent[] = []
  const retired: string[] = []
  const retried: string[] = []
  const clock = { nowMs: 0, wallMs: 0 }
  const bank = bankAnswers()
  const retire = (session: string): void => void retired.push(session)
  const holder = createHolder<string>({ retire, wallNow: () => clock.wallMs })
  const rotation = createRotation<string>({
    holder,
    open: ({ identity }) => identity,
    prove: bank.prove,
    mayBeRefusal: ({ code }) => code === 'bank_connection_lost',
    retry: (session) => retried.push(session),
    retire,
    report: (event) => events.push(event),
    now: () => clock.nowMs,
    random: () => 1,
    settleMs: 10_000,
  })
  return {
    rotation,
    holder,
    bank,
    events,
    retired,
    retried,
    clock,
    session: () => holder.held()?.session,
    sound: (identity, { urgent = false, ...options } = {}) =>
      rotation.react({ kind: 'sound', set: soundSet(identity, options) }, urgent),
    unsound: (problem) => rotation.react({ kind: 'unsound', fault: unusable(problem, 'mend it') }, false),
  }
}
