import type { FaultTable } from './fault-kind.ts'
import type { Fault } from './faults.ts'

export interface FaultPlan {
  /** The first fault of this table that meets the request at hand; a counted one is used up by it. */
  next<Act>(table: FaultTable<Act>): { readonly act: Act; readonly value: string } | undefined
}

export function createFaultPlan(faults: readonly Fault[], random: () => number): FaultPlan {
  const due = faults.map(({ name, value, when }) => ({ name, value, meets: meeting(when, random) }))
  return {
    next(table) {
      for (const { name, value, meets } of due) {
        const kind = table[name]
        if (kind !== undefined && meets()) return { act: kind.act, value }
      }
      return undefined
    },
  }
}

function meeting(when: Fault['when'], random: () => number): () => boolean {
  if (when.kind === 'chance') return () => random() < when.p
  let left = when.count
  return () => left-- > 0
}
