import type { Random } from './random.ts'

/** Faults come in storms with calm between them: what goes wrong in a long calm has no excuse. */
export interface Weather {
  /** Changes with the time; returns how long until it may change again. */
  turn(): number
  readonly stormy: boolean
  /** The bank takes connections and drops them. */
  readonly unreachable: boolean
  /** Whether there was a storm within so many milliseconds before now. */
  stormyWithin(ms: number): boolean
  unreachableWithin(ms: number): boolean
  /** From here on it stays calm. */
  clear(): void
}

export function createWeather(random: Random, now: () => number): Weather {
  let stormy = false
  let unreachable = false
  let stormEndedAt = Number.NEGATIVE_INFINITY
  let reachableSince = Number.NEGATIVE_INFINITY
  const become = (next: { stormy: boolean; unreachable: boolean }): void => {
    if (stormy && !next.stormy) stormEndedAt = now()
    if (unreachable && !next.unreachable) reachableSince = now()
    stormy = next.stormy
    unreachable = next.unreachable
  }
  return {
    get stormy() {
      return stormy
    },
    get unreachable() {
      return unreachable
    },
    turn() {
      const storm = random.chance(0.65)
      become({ stormy: storm, unreachable: storm && random.chance(0.15) })
      return unreachable ? 1_500 : random.between(2_000, 6_000)
    },
    stormyWithin: (ms) => stormy || now() - stormEndedAt < ms,
    unreachableWithin: (ms) => unreachable || now() - reachableSince < ms,
    clear: () => become({ stormy: false, unreachable: false }),
  }
}
