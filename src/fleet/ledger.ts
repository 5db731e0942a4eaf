import { type Entry, endOf, formatEntry, parseEntry } from './entry.ts'
import type { DerivedKeys } from './identity.ts'
import type { Answered, Link } from './link.ts'
import { currentPace, emptyPace, formatPace, lifeOf, type Pace, parsePace } from './pace.ts'
import type { Patience } from './patience.ts'
import { createSeal } from './seal.ts'
import type { Snapshot } from './store.ts'

/** What the sidecars with the same credentials have agreed on, read at one moment. */
export interface View {
  readonly pace: Pace
  readonly entry: Entry | undefined
  /** There was a value that no sidecar with these credentials has written. */
  readonly unreadable: boolean
  /** By the store's clock, and on the monotonic clock between these two. */
  readonly atMs: number
  readonly sentAt: number
  readonly receivedAt: number
}

/** What to write, and what it comes to once that is done; nothing to write, and the result stands. */
export interface Step<R> {
  readonly write?: { readonly pace: Pace; readonly entry?: Entry }
  readonly result: R
}

export interface Ledger {
  /** The step is taken again when another sidecar has written meanwhile; undefined when that happens again and again. */
  transact<R>(step: (view: View) => Step<R>, patience: Patience): Promise<R | undefined>
  /** Takes the token out, if it is still that one. */
  drop(value: string, patience: Patience): Promise<void>
}

const mostAttempts = 5

/** Everything in the store is sealed, and every change rests on what it was made from. Rejects when the store is lost. */
export function createLedger(link: Pick<Link, 'run'>, { names, sealingKey }: DerivedKeys): Ledger {
  const seal = createSeal(sealingKey)

  function viewOf({ reply, sentAt, receivedAt }: Answered<Snapshot>): View {
    const { token, pace, atMs } = reply
    const entry = parseEntry(seal.open(names.token, token) ?? '')
    const known = parsePace(seal.open(names.pace, pace) ?? '')
    const unreadable = (entry === undefined && token !== '') || (known === undefined && pace !== '')
    return { pace: currentPace(known ?? emptyPace, atMs), entry, unreadable, atMs, sentAt, receivedAt }
  }

  function changeOf(
    { pace, entry }: NonNullable<Step<unknown>['write']>,
    expectedPace: string,
    atMs: number,
  ) {
    const lifeMs = entry === undefined ? 0 : Math.ceil(endOf(entry) - atMs)
    const text = entry === undefined ? '' : seal.close(names.token, formatEntry(entry))
    return {
      expectedPace,
      pace: seal.close(names.pace, formatPace(pace)),
      paceLifeMs: lifeOf(pace, atMs),
      ...(lifeMs > 0 && { token: { text, lifeMs } }),
    }
  }

  return {
    async transact(step, patience) {
      let answered: Answered<Snapshot> = await link.run((store) => store.look(names), patience)
      for (let attempt = 0; attempt < mostAttempts; attempt++) {
        const { write, result } = step(viewOf(answered))
        if (write === undefined) return result
        const change = changeOf(write, answered.reply.pace, answered.reply.atMs)
        const written = await link.run((store) => store.write(names, change), patience)
        if (written.reply.done) return result
        answered = written
      }
      return undefined
    },
    async drop(value, patience) {
      const { reply } = await link.run((store) => store.look(names), patience)
      const entry = parseEntry(seal.open(names.token, reply.token) ?? '')
      if (entry?.value === value) await link.run((store) => store.drop(names, reply.token), patience)
    },
  }
}
