import { type Entry, endOf, isOver, isUsable } from './entry.ts'
import type { Ledger, Step, View } from './ledger.ts'
import type { FleetClock } from './link.ts'
import type { FleetToken } from './member.ts'
import type { FailureKind, LeaseMark, Pace } from './pace.ts'
import { createPatience } from './patience.ts'

/** The right to ask the bank, for all. One of its three ends is called; nobody waits for what it writes. */
export interface FleetLease {
  /** What the last requests came to, if they failed; `elsewhere`, when another sidecar made the last one. */
  readonly failures: {
    readonly kind: FailureKind
    readonly inARow: number
    readonly elsewhere: boolean
  } | null
  fulfil(token: FleetToken): void
  /** Nobody shall ask within `pauseMs`; `heldTo` is what the others are told. */
  fail(failure: { readonly kind: FailureKind; readonly heldTo: FailureKind; readonly pauseMs: number }): void
  /** It came to nothing that says anything about the bank. */
  release(): void
}

export interface LeaseOptions {
  readonly ledger: Ledger
  readonly clock: FleetClock
  readonly owner: string
  /** The token that another one is wanted for. */
  readonly known: FleetToken | undefined
  /** What the lease was taken on. */
  readonly view: View
}

/** An owner that died is noticed after this. */
const lifeMs = 3_000
const renewEveryMs = 1_000

export function leased({ pace, atMs }: View, owner: string): Pace {
  const number = pace.leases + 1
  return {
    ...pace,
    leases: number,
    lease: { owner, number, until: atMs + lifeMs },
    asked: [...pace.asked, atMs],
  }
}

export function createLease(options: LeaseOptions): FleetLease {
  const { ledger, clock, owner, known, view } = options
  const number = view.pace.leases + 1
  const { failures } = view.pace
  let ended = false
  let cancelTimer = renewLater()

  function isOwn(lease: LeaseMark | null): boolean {
    return lease !== null && lease.owner === owner && lease.number === number
  }

  /** Moves its end on while this sidecar lives; one that ran out unnoticed is taken up again. */
  function renew({ pace, atMs }: View): Step<boolean> {
    if (pace.lease !== null && !isOwn(pace.lease)) return { result: false }
    return { write: { pace: { ...pace, lease: { owner, number, until: atMs + lifeMs } } }, result: true }
  }

  function renewLater(): () => void {
    const renewNow = async (): Promise<void> => {
      const held = await ledger.transact(renew, createPatience(clock)).catch(() => false)
      if (held && !ended) cancelTimer = renewLater()
    }
    return clock.schedule(() => void renewNow(), renewEveryMs)
  }

  function end(step: (pace: Pace, held: boolean, latest: View) => Step<void>): void {
    ended = true
    cancelTimer()
    const last = (latest: View): Step<void> => {
      const { pace, atMs } = latest
      const held = isOwn(pace.lease)
      const asked = pace.asked.map((at) => (at === view.atMs ? atMs : at))
      return step({ ...pace, asked, lease: held ? null : pace.lease }, held, latest)
    }
    void ledger.transact(last, createPatience(clock)).catch(() => {})
  }

  return {
    failures: failures && { ...failures, elsewhere: failures.owner !== owner },
    fulfil: (token) =>
      end((pace, _held, latest) => {
        const entry = entryOf(token, known, view, latest)
        const { atMs } = latest
        // Until it has ended, the bank has no other: asking again is of no use.
        const pause = isUsable(entry, atMs) ? pace.pause : ({ until: endOf(entry), kind: 'failed' } as const)
        const next = { ...pace, pause, failures: null }
        return { write: { pace: next, ...(isNewest(entry, latest) && { entry }) }, result: undefined }
      }),
    fail: ({ kind, heldTo, pauseMs }) =>
      end((pace, held, { atMs }) => {
        if (!held && kind !== 'throttled') return { write: { pace }, result: undefined }
        const pause = { until: Math.max(pace.pause?.until ?? 0, atMs + pauseMs), kind: heldTo }
        const inARow = pace.failures?.kind === kind ? pace.failures.inARow + 1 : 1
        return { write: { pace: { ...pace, pause, failures: { kind, inARow, owner } } }, result: undefined }
      }),
    release: () => end((pace) => ({ write: { pace }, result: undefined })),
  }
}

/** A token with dates of its own that the bank gives again, it gives for what is left of its life, whatever it says. */
function entryOf(token: FleetToken, known: FleetToken | undefined, view: View, { entry }: View): Entry {
  const fresh = entryFrom(token, view)
  if (!token.dated) return fresh
  const before = [entry, known && entryFrom(known, view)].filter((one) => one?.value === token.value)
  const [first] = before.sort((one, other) => Number(one?.issuedAt) - Number(other?.issuedAt))
  return first === undefined || isOver(first, fresh.issuedAt) ? fresh : { ...first, again: true }
}

function entryFrom({ value, thumbprint, lifetimeMs, dated, sentAt }: FleetToken, view: View): Entry {
  return {
    value,
    thumbprint,
    lifetimeMs,
    dated,
    issuedAt: view.atMs + sentAt - view.receivedAt,
    again: false,
  }
}

/** Two that asked at the same time, because a lease ran out, do not fight: the newer token stays. */
function isNewest(entry: Entry, { entry: stored, atMs }: View): boolean {
  if (stored === undefined || stored.value === entry.value) return true
  return !isUsable(stored, atMs) || stored.issuedAt <= entry.issuedAt
}
