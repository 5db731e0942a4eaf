import { PerformanceObserver } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { createBudget } from '../src/token/budget.ts'
import { createTokenCache } from '../src/token/cache.ts'
import { type Clock, createClock } from '../src/token/clock.ts'
import { createHolder, type OwnedHolder } from '../src/token/holder.ts'
import { createOutlook } from '../src/token/outlook.ts'
import { createThrottle } from '../src/token/throttle.ts'

// What the token costs every request that goes to the bank: `peek()`, while a token holds. With a clock that stands still,
// what is left is the comparison; V8 makes a heap number of each reading of a real clock. Run with type stripping.

const rounds = 5_000_000
let collections = 0
new PerformanceObserver((list) => {
  collections += list.getEntries().length
}).observe({ entryTypes: ['gc'] })

async function openHolder(clock: Clock): Promise<OwnedHolder> {
  const budget = createBudget({ requestsPerMinute: 6, clock })
  const holder = createHolder({
    clock,
    slot: createTokenCache(clock).slot('bench'),
    outlook: createOutlook({ clock, budget, throttle: createThrottle(clock) }),
    obtain: async () => ({
      value: 'x'.repeat(1100),
      lifetimeMs: 3_600_000,
      thumbprint: null,
      dated: true,
      sentAt: clock.now(),
      wallSentAt: clock.wallNow(),
    }),
    leisureMs: () => 0,
    refreshMarginMs: 30_000,
    tokenTimeoutMs: 10_000,
    thumbprint: '',
    counts: () => ({ ok: 0, throttled: 0, rejected: 0, failed: 0 }),
    report: () => {},
    onRetired: () => {},
  })
  await holder.get()
  return holder
}

function peekOften(holder: OwnedHolder): number {
  const startedAt = performance.now()
  for (let round = 0; round < rounds; round++) if (holder.peek() === undefined) throw new Error('no token')
  return ((performance.now() - startedAt) * 1e6) / rounds
}

async function measure(name: string, clock: Clock): Promise<void> {
  const holder = await openHolder(clock)
  peekOften(holder)
  await setTimeout(50)
  collections = 0
  const nanoseconds = peekOften(holder)
  await setTimeout(50)
  // A new space of 16 MB is collected about once for every 8 to 16 MB that are allocated.
  console.log(`${name}: ${nanoseconds.toFixed(1)} ns, ${collections} collections in ${rounds} calls`)
  holder.retire()
}

await measure('peek(), clock standing still', createClock({ now: () => 1e6, wallNow: () => 1e12 }))
await measure('peek(), real clocks', createClock())
