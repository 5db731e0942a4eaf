import fc from 'fast-check'
import { test } from 'tap'
import { latencySteps, percentileMs, stepMs, stepOf } from '../../src/admin/latency-scale.ts'

function counted(durations: readonly number[]): number[] {
  const counts = Array.from({ length: latencySteps }, () => 0)
  for (const duration of durations) counts[stepOf(duration)] = (counts[stepOf(duration)] ?? 0) + 1
  return counts
}

test('a duration is told again to within a tenth', (t) => {
  fc.assert(
    fc.property(fc.double({ min: 0.11, max: 90_000, noNaN: true }), (duration) => {
      const told = stepMs(stepOf(duration))
      return Math.abs(told - duration) / duration < 0.15
    }),
  )
  t.end()
})

test('nothing falls off the scale', (t) => {
  for (const odd of [0, -5, Number.NaN, 0.1]) t.equal(stepOf(odd), 0)
  for (const long of [1e6, Number.POSITIVE_INFINITY]) t.equal(stepOf(long), latencySteps - 1)
  t.end()
})

test('a percentile is the duration that so many did not exceed', (t) => {
  const counts = counted([...Array.from({ length: 98 }, () => 10), 2000, 2000])
  t.equal(percentileMs(counts, 0.5), stepMs(stepOf(10)))
  t.equal(percentileMs(counts, 0.99), stepMs(stepOf(2000)))
  t.equal(percentileMs(counted([]), 0.5), null)
  t.end()
})
