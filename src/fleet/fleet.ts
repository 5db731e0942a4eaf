import { randomUUID } from 'node:crypto'
import { deriveKeys, type FleetIdentity } from './identity.ts'
import { createLedger } from './ledger.ts'
import { createLink, type FleetClock, type LinkStatus } from './link.ts'
import { createMember, type FleetResult, type Member } from './member.ts'
import type { OpenStore } from './store.ts'

export interface FleetOptions extends Partial<FleetClock> {
  readonly open: OpenStore
  /** Called once for every change: connected, and lost. */
  readonly report: (status: LinkStatus) => void
}

export interface MemberRequest {
  readonly identity: FleetIdentity
  readonly requestsPerMinute: number
  readonly count: (result: FleetResult) => void
}

/** What this process has in common with other sidecars, through one connection to Redis. */
export interface Fleet {
  member(request: MemberRequest): Member
  readonly status: () => LinkStatus
  readonly close: () => Promise<void>
}

export function createFleet(options: FleetOptions): Fleet {
  const { open, report } = options
  const clock = clockOf(options)
  const link = createLink({ open, clock, report })
  const owner = randomUUID()
  return {
    member: ({ identity, requestsPerMinute, count }) =>
      createMember({
        ledger: createLedger(link, deriveKeys(identity)),
        link,
        clock,
        owner,
        requestsPerMinute,
        count,
      }),
    status: link.status,
    close: link.close,
  }
}

function clockOf(options: Partial<FleetClock>): FleetClock {
  const { now = () => performance.now(), wallNow = Date.now, random = Math.random } = options
  const schedule = (run: () => void, delayMs: number): (() => void) => {
    const timer = setTimeout(run, delayMs).unref()
    return () => clearTimeout(timer)
  }
  return { schedule, ...options, now, wallNow, random }
}
