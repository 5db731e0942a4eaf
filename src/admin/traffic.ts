import { percentileMs } from './latency-scale.ts'
import { isFailure, type RequestRecord } from './request-record.ts'
import { createRing, type Ring } from './ring.ts'

/** One failed request, as the page lists it. */
export interface FailureReport {
  readonly at: string
  readonly method: string
  readonly route: string
  readonly status: number
  /** A code of ours; the bank's own failures have none. */
  readonly code: string | null
  readonly requestSent: string | null
  readonly requestId: string
}

/** Of equally long pieces of time, the oldest first; the last one is not over yet. */
export interface TrafficSeries {
  readonly secondsPerPoint: number
  readonly requestsPerSecond: readonly number[]
  readonly failuresPerSecond: readonly number[]
  readonly p50Ms: readonly (number | null)[]
  readonly p99Ms: readonly (number | null)[]
}

export interface TrafficReport {
  /** Since the process started. */
  readonly requests: number
  readonly inFlight: number
  /** Over the last ten seconds. */
  readonly requestsPerSecond: number
  /** Over the last five minutes. */
  readonly latencyMs: { readonly p50: number | null; readonly p99: number | null }
  /** Over the last five minutes. */
  readonly recent: { readonly requests: number; readonly failures: number }
  /** Since the process started: our codes, and the bank's answers from 400 by their status. */
  readonly failuresByCode: Readonly<Record<string, number>>
  /** The newest first. */
  readonly lastErrors: readonly FailureReport[]
  readonly series: TrafficSeries
}

export interface Traffic {
  request(record: RequestRecord): void
  report(inFlight: number): TrafficReport
}

export interface TrafficOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number
  readonly wallNow: () => number
}

const secondsPerPoint = 5
const points = 60
const seriesSeconds = secondsPerPoint * points
const rateSeconds = 10
const mostErrors = 10

/** The last minutes of one environment's traffic, for people: bounded memory, and next to nothing per request. */
export function createTraffic({ now, wallNow }: TrafficOptions): Traffic {
  const ring = createRing(seriesSeconds + secondsPerPoint)
  const failuresByCode = new Map<string, number>()
  const lastErrors: FailureReport[] = []
  let requests = 0

  function request(record: RequestRecord): void {
    const failed = isFailure(record)
    requests += 1
    ring.add(Math.floor(now() / 1000), record.durationMs, failed)
    if (record.status < 400) return
    const code = record.code ?? String(record.status)
    failuresByCode.set(code, (failuresByCode.get(code) ?? 0) + 1)
    if (!failed) return
    lastErrors.unshift(failureOf(record, wallNow()))
    if (lastErrors.length > mostErrors) lastErrors.pop()
  }

  function report(inFlight: number): TrafficReport {
    const second = Math.floor(now() / 1000)
    const recent = ring.sum(second - seriesSeconds + 1, seriesSeconds)
    return {
      requests,
      inFlight,
      requestsPerSecond: ring.sum(second - rateSeconds, rateSeconds).requests / rateSeconds,
      latencyMs: percentiles(recent.latency),
      recent: { requests: recent.requests, failures: recent.failures },
      failuresByCode: Object.fromEntries(failuresByCode),
      lastErrors: [...lastErrors],
      series: seriesOf(ring, second),
    }
  }

  return { request, report }
}

function failureOf(record: RequestRecord, at: number): FailureReport {
  const { method, route, status, code = null, requestSent = null, requestId } = record
  return { at: new Date(at).toISOString(), method, route, status, code, requestSent, requestId }
}

function percentiles(latency: readonly number[]): { p50: number | null; p99: number | null } {
  return { p50: percentileMs(latency, 0.5), p99: percentileMs(latency, 0.99) }
}

/** Pieces begin at multiples of their length, so that a point keeps its value while it moves left. */
function seriesOf(ring: Ring, second: number): TrafficSeries {
  const current = second - (second % secondsPerPoint)
  const starts = Array.from(
    { length: points },
    (_, index) => current - (points - 1 - index) * secondsPerPoint,
  )
  const tallies = starts.map((start) => {
    const elapsed = Math.min(secondsPerPoint, second - start + 1)
    const { requests, failures, latency } = ring.sum(start, secondsPerPoint)
    return { rate: rounded(requests / elapsed), failed: rounded(failures / elapsed), ...percentiles(latency) }
  })
  return {
    secondsPerPoint,
    requestsPerSecond: tallies.map(({ rate }) => rate),
    failuresPerSecond: tallies.map(({ failed }) => failed),
    p50Ms: tallies.map(({ p50 }) => p50),
    p99Ms: tallies.map(({ p99 }) => p99),
  }
}

function rounded(rate: number): number {
  return Math.round(rate * 100) / 100
}
