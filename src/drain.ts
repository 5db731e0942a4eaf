import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'

export interface DrainOptions {
  readonly drainDelayMs: number
  readonly drainTimeoutMs: number
  /** From here on new requests are answered `draining`. */
  readonly begin: () => void
  readonly inFlight: () => number
  readonly log: Logger
  /** Ends the drain now. */
  readonly signal: AbortSignal
}

/** How often is looked whether the last request has ended. */
const lookEveryMs = 20

/** Serves on for the delay, then waits for the last request in flight, at most the time-out. */
export async function drain(options: DrainOptions): Promise<void> {
  const { drainDelayMs, drainTimeoutMs, begin, inFlight, log, signal } = options
  log.info({ event: 'stopping', drainDelayMs, drainTimeoutMs }, 'stopping')
  await pause(drainDelayMs, signal)
  begin()
  log.info({ event: 'draining', inFlight: inFlight() }, 'draining')
  const deadline = performance.now() + drainTimeoutMs
  while (inFlight() > 0 && performance.now() < deadline && !signal.aborted) await pause(lookEveryMs, signal)
  const left = inFlight()
  if (left > 0) log.warn({ event: 'drained', inFlight: left }, 'requests were cut off')
  else log.info({ event: 'drained', inFlight: 0 }, 'drained')
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, undefined, { signal }).catch(() => undefined)
}
