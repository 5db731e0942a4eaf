import type { Fault } from './fault.ts'
import { areSame, type ListenAddress } from './listen-address.ts'

export interface NamedListener {
  /** What the operator calls the setting. */
  readonly key: string
  /** undefined: faulty, which has been told. */
  readonly address: ListenAddress | undefined
}

/** Each environment has a listener of its own, so that a request can never reach the wrong one. */
export function sharedListeners(listeners: readonly NamedListener[]): Fault[] {
  return listeners.flatMap(({ key, address }, index) => {
    const first = listeners.slice(0, index).find((earlier) => clash(earlier.address, address))
    if (first === undefined) return []
    return [{ key, problem: `it is the address of ${first.key}`, remedy: 'an address of its own' }]
  })
}

function clash(one: ListenAddress | undefined, other: ListenAddress | undefined): boolean {
  return one !== undefined && other !== undefined && areSame(one, other)
}
