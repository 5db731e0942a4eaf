import type { Gauge, Registry } from 'prom-client'
import type { Family } from './sample.ts'

/** The default of 10 ms wakes an idle process a hundred times a second. */
const eventLoopPrecisionMs = 100

/**
 * The text that Prometheus reads: ours, and the usual `process_*` and `nodejs_*`. prom-client is loaded by the
 * first scrape: it costs a start 50 ms and 10 MB, and nothing is counted with it.
 */
export function createExposition(families: readonly Family[]): () => Promise<string> {
  let registry: Promise<Registry> | undefined
  return async () => {
    registry ??= openRegistry(families)
    return await (await registry).metrics()
  }
}

async function openRegistry(families: readonly Family[]): Promise<Registry> {
  const { collectDefaultMetrics, Registry } = await import('prom-client')
  const registry = new Registry()
  for (const family of families) registry.registerMetric(metricOf(family))
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: eventLoopPrecisionMs })
  return registry
}

/** A registry asks a metric for its name and for `get()`, and for nothing else. */
function metricOf({ name, help, type, samples }: Family): Gauge {
  const get = async (): Promise<object> => ({ name, help, type, aggregator: 'sum', values: samples() })
  return { name, get } as unknown as Gauge
}
