import { setImmediate } from 'node:timers/promises'
import type { Clock } from '../../src/token/clock.ts'

/** Time that passes only when told to. */
export interface ManualClock extends Clock {
  /** Time passes, with every timer in between, and what it starts. */
  advance(ms: number): Promise<void>
  /** The wall clock is set. */
  jumpWall(ms: number): void
  /** The machine sleeps: only the wall clock goes on. */
  suspend(ms: number): void
  /** Timers that are set. */
  pending(): number
}

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Lets everything happen that needs no time. */
async function flush(): Promise<void> {
  for (let turn = 0; turn < 4; turn++) await setImmediate()
}

export function createManualClock(random: () => number = () => 0): ManualClock {
  let now = 1_000_000
  let wallNow = Date.UTC(2026, 0, 1)
  const timers = new Set<Timer>()

  async function advance(ms: number): Promise<void> {
    const target = now + ms
    await flush()
    for (let next = earliest(timers, target); next !== undefined; next = earliest(timers, target)) {
      timers.delete(next)
      pass(next.at)
      next.run()
      await flush()
    }
    pass(target)
  }

  function pass(to: number): void {
    wallNow += Math.max(0, to - now)
    now = Math.max(now, to)
  }

  return {
    now: () => now,
    wallNow: () => wallNow,
    random,
    schedule(run, delayMs) {
      const timer = { at: now + delayMs, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    advance,
    jumpWall: (ms) => {
      wallNow += ms
    },
    suspend: (ms) => {
      wallNow += ms
    },
    pending: () => timers.size,
  }
}

function earliest(timers: Iterable<Timer>, until: number): Timer | undefined {
  let found: Timer | undefined
  for (const timer of timers) if (timer.at <= until && timer.at < (found?.at ?? Infinity)) found = timer
  return found
}
