// Steps of a fifth from 0.1 ms to 96 s: a percentile read from them is off by a tenth at most.
const step = 1.2
const shortestMs = 0.1
const logOfStep = Math.log(step)

/** How many counters a scale has; the last one also takes all that is longer. */
export const latencySteps = 76

export function stepOf(durationMs: number): number {
  if (!(durationMs > shortestMs)) return 0
  return Math.min(latencySteps - 1, Math.ceil(Math.log(durationMs / shortestMs) / logOfStep))
}

/** The middle of a step, to two digits: more would be invented. */
export function stepMs(index: number): number {
  return Number((shortestMs * step ** (index - 0.5)).toPrecision(2))
}

/** The duration that `share` of the counted ones did not exceed, in ms; null when none was counted. */
export function percentileMs(counts: readonly number[], share: number): number | null {
  const wanted = counts.reduce((sum, count) => sum + count, 0) * share
  if (wanted === 0) return null
  let seen = 0
  const index = counts.findIndex((count) => {
    seen += count
    return seen >= wanted
  })
  return stepMs(index)
}
