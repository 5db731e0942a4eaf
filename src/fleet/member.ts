import { type Entry, isOver, isUsable } from './entry.ts'
import { createLease, type FleetLease, leased } from './lease.ts'
import type { Ledger, Step, View } from './ledger.ts'
import type { FleetClock, Link } from './link.ts'
import { type FailureKind, spentUntil } from './pace.ts'
import { createPatience } from './patience.ts'

/** As whoever keeps tokens has it: moments on the monotonic and on the wall clock of this sidecar. */
export interface FleetToken {
  readonly value: string
  readonly lifetimeMs: number
  readonly thumbprint: string | null
  readonly dated: boolean
  readonly sentAt: number
  readonly wallSentAt: number
}

type Told =
  | { readonly kind: 'token'; readonly token: FleetToken }
  /** Another sidecar asks. */
  | { readonly kind: 'busy' }
  /** Nobody may ask now. */
  | { readonly kind: 'paused'; readonly reason: FailureKind | 'spent'; readonly waitMs: number }
  /** Nothing can be learned from the others. */
  | { readonly kind: 'alone' }

/** `lease`: it is this sidecar's turn to ask the bank. */
export type FleetClaim = Told | { readonly kind: 'lease'; readonly lease: FleetLease }

export type FleetResult = FleetClaim['kind'] | 'unreadable'

/** One sidecar's part in the fleet of those with the same credentials. Nothing here rejects. */
export interface Member {
  /** `known` is the token that another one is wanted for; `hurry` aborts when a request begins to wait for it. */
  claim(known: FleetToken | undefined, hurry: AbortSignal): Promise<FleetClaim>
  /** A token that was had without the others: theirs, once they can be reached, unless they have one. */
  offer(token: FleetToken): void
  /** The bank refused this token: nobody shall take it from the store. */
  refuse(value: string): void
}

export interface MemberOptions {
  readonly ledger: Ledger
  readonly link: Pick<Link, 'whenUp'>
  readonly clock: FleetClock
  /** A random name, another one in every process. */
  readonly owner: string
  readonly requestsPerMinute: number
  readonly count: (result: FleetResult) => void
}

type Taken = { readonly kind: 'taken'; readonly view: View }

export function createMember(options: MemberOptions): Member {
  const { ledger, link, clock, owner, requestsPerMinute, count } = options
  let refused: string | undefined
  let offered: FleetToken | undefined

  function step(view: View, known: FleetToken | undefined): Step<Told | Taken> {
    if (view.unreadable) count('unreadable')
    const { pace, atMs } = view
    const token = tokenOf(view, clock.wallNow() - clock.now())
    if (token !== undefined && token.value !== refused && isWanted(token, known))
      return { result: { kind: 'token', token } }
    const spentAt = spentUntil(pace, requestsPerMinute)
    if (pace.pause !== null) return paused(pace.pause.kind, pace.pause.until - atMs)
    if (pace.lease !== null) return { result: { kind: 'busy' } }
    if (spentAt !== undefined) return paused('spent', spentAt - atMs)
    return { write: { pace: leased(view, owner) }, result: { kind: 'taken', view } }
  }

  function claimOf(told: Told | Taken | undefined, known: FleetToken | undefined): FleetClaim {
    if (told === undefined) return { kind: 'busy' }
    if (told.kind !== 'taken') return told
    return { kind: 'lease', lease: createLease({ ledger, clock, owner, known, view: told.view }) }
  }

  function publish(): void {
    const token = offered
    offered = undefined
    if (token === undefined || token.value === refused) return
    void ledger.transact((view) => offerOf(token, view), createPatience(clock)).catch(() => {})
  }

  return {
    async claim(known, hurry) {
      const patience = createPatience(clock, hurry)
      const told = await ledger.transact((view) => step(view, known), patience).catch(() => alone)
      const claim = claimOf(told, known)
      count(claim.kind)
      return claim
    },
    offer(token) {
      const isWaiting = offered !== undefined
      offered = token
      if (!isWaiting) link.whenUp(publish)
    },
    refuse(value) {
      refused = value
      void ledger.drop(value, createPatience(clock)).catch(() => {})
    },
  }
}

const alone = { kind: 'alone' } as const

function paused(reason: FailureKind | 'spent', waitMs: number): Step<Told> {
  return { result: { kind: 'paused', reason, waitMs } }
}

function offerOf(token: FleetToken, { pace, entry, atMs, receivedAt }: View): Step<void> {
  const { value, lifetimeMs, thumbprint, dated, sentAt } = token
  const own = { value, lifetimeMs, thumbprint, dated, issuedAt: atMs + sentAt - receivedAt, again: false }
  if ((entry !== undefined && isUsable(entry, atMs)) || !isUsable(own, atMs)) return { result: undefined }
  return { write: { pace, entry: own }, result: undefined }
}

/** Undefined for one that may no longer be sent. `wallAheadMs`: of this machine's wall clock to its monotonic one. */
function tokenOf({ entry, atMs, sentAt }: View, wallAheadMs: number): Held | undefined {
  if (entry === undefined || !isUsable(entry, atMs)) return undefined
  const { issuedAt, ...told } = entry
  // The store answered after the question was sent: older than the token really is, never younger.
  const ownSentAt = sentAt - Math.max(0, atMs - issuedAt)
  return { ...told, sentAt: ownSentAt, wallSentAt: ownSentAt + wallAheadMs }
}

type Held = FleetToken & Pick<Entry, 'again'>

/** Another token than the known one, and newer; or the same, when the bank gives no other, or has given it anew. */
function isWanted(token: Held, known: FleetToken | undefined): boolean {
  if (known === undefined) return true
  if (token.value !== known.value) return token.sentAt > known.sentAt
  if (token.again) return true
  if (token.dated) return isOver({ ...known, issuedAt: known.sentAt }, token.sentAt)
  // Two readings of one entry lie apart by what the store took to answer.
  return token.sentAt > known.sentAt + known.lifetimeMs / 4
}
