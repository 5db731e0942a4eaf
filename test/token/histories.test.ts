import fc from 'fast-check'
import { test } from 'tap'
import { live, type Mood, moods, type Step } from './history.ts'

const hour = 3_600_000

const mood = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom<Mood>('fine', 'fine', 'same') },
  { weight: 4, arbitrary: fc.constantFrom(...(Object.keys(moods) as Mood[])) },
)
const ordinary: fc.Arbitrary<Step>[] = [
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 100_000 }) }),
  fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 3000 }) }),
  fc.record({ kind: fc.constant('traffic' as const), seconds: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ kind: fc.constantFrom(...(['get', 'refuse', 'prove', 'retry'] as const)) }),
  fc.record({
    kind: fc.constant('bank' as const),
    mood,
    delayMs: fc.constantFrom(0, 100, 1500, 20_000),
    lifetimeSeconds: fc.constantFrom(2, 5, 20, 60, 300),
  }),
]
const jump = (min: number) =>
  fc.record({ kind: fc.constant('jump' as const), ms: fc.integer({ min, max: 5 * hour }) })
const sleep = fc.record({ kind: fc.constant('sleep' as const), ms: fc.integer({ min: 0, max: hour }) })

/** A wall clock that is set back by as much as the machine then sleeps hides the sleep: those two are kept apart. */
const worlds: Record<string, fc.Arbitrary<Step>[]> = {
  'a wall clock that jumps either way': [...ordinary, jump(-5 * hour)],
  'a machine that sleeps, and a wall clock that is set forward': [...ordinary, sleep, jump(0)],
}

for (const [world, steps] of Object.entries(worlds)) {
  test(`no history breaks a promise: ${world}`, async () => {
    const history = fc.array(fc.oneof(...steps), { minLength: 10, maxLength: 50 })
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true })
    await fc.assert(
      fc.asyncProperty(history, fc.integer({ min: 1, max: 12 }), chance, async (story, budget, random) => {
        await live(story, budget, () => random)
      }),
      { numRuns: 100, interruptAfterTimeLimit: 20_000 },
    )
  })
}
