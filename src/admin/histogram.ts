import type { Sample } from './sample.ts'

export interface Histogram {
  observe(durationMs: number): void
  samples(name: string, environment: string): Sample[]
}

/** Seconds, from an answer of the same machine room to the longest time-out by default. */
const bounds = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60,
]
const boundsMs = bounds.map((seconds) => seconds * 1000)

/** Durations in seconds, as Prometheus wants them, counted in a plain array. */
export function createHistogram(): Histogram {
  const counts = new Float64Array(bounds.length + 1)
  let sumMs = 0

  function observe(durationMs: number): void {
    let index = 0
    while (durationMs > Number(boundsMs[index])) index += 1 // past the last bound: NaN
    counts[index] = Number(counts[index]) + 1
    sumMs += durationMs
  }

  function samples(name: string, environment: string): Sample[] {
    let total = 0
    const buckets = [...counts].map((count, index) => {
      total += count
      const labels = { le: bounds[index] ?? '+Inf', environment }
      return { labels, value: total, metricName: `${name}_bucket` }
    })
    return [
      ...buckets,
      { labels: { environment }, value: sumMs / 1000, metricName: `${name}_sum` },
      { labels: { environment }, value: total, metricName: `${name}_count` },
    ]
  }

  return { observe, samples }
}
