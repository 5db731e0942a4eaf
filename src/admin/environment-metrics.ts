import { type ProblemCode, problems, type RequestSent } from '../errors.ts'
import { type Counts, createCounts } from './counts.ts'
import { type TokenResult, tokenResults } from './environment-report.ts'
import { createHistogram, type Histogram } from './histogram.ts'
import { createRequestCounts, type RequestCounts } from './request-counts.ts'
import type { RequestRecord } from './request-record.ts'
import { createTraffic, type Traffic, type TrafficOptions } from './traffic.ts'

export const reloadResults = ['applied', 'refused'] as const

export const tokenCacheResults = ['token', 'lease', 'busy', 'paused', 'alone', 'unreadable'] as const

export type TokenCacheResult = (typeof tokenCacheResults)[number]

export type ReloadResult = (typeof reloadResults)[number]

type LocalAnswer = `${ProblemCode}/${RequestSent}`

/** Everything that is counted for one environment. */
export interface EnvironmentMetrics {
  request(record: RequestRecord): void
  readonly traffic: Traffic
  readonly requests: RequestCounts
  readonly duration: Histogram
  readonly bankDuration: Histogram
  readonly localAnswers: Counts<LocalAnswer>
  readonly replays: Counts<'replay'>
  readonly connections: Counts<'true' | 'false'>
  readonly tokenRequests: Counts<TokenResult>
  readonly tokenDuration: Histogram
  readonly reloads: Counts<ReloadResult>
  readonly tokenCache: Counts<TokenCacheResult>
}

export function createEnvironmentMetrics(clock: TrafficOptions): EnvironmentMetrics {
  const traffic = createTraffic(clock)
  const requests = createRequestCounts()
  const duration = createHistogram()
  const bankDuration = createHistogram()
  const localAnswers = createCounts(allLocalAnswers(), splitLocalAnswer)
  const replays = createCounts(['replay'], () => ({}))

  /** On the path of every request: no promise, no label, hardly an allocation. */
  function request(record: RequestRecord): void {
    const { origin, code, requestSent = 'no', durationMs, bankMs, replayed } = record
    requests.add(record)
    duration.observe(durationMs)
    if (bankMs !== undefined) bankDuration.observe(bankMs)
    if (replayed) replays.add('replay')
    if (origin === 'sidecar' && code !== undefined) localAnswers.add(`${code}/${requestSent}`)
    traffic.request(record)
  }

  return {
    request,
    traffic,
    requests,
    duration,
    bankDuration,
    localAnswers,
    replays,
    connections: createCounts(['true', 'false'], (resumed) => ({ resumed })),
    tokenRequests: createCounts(tokenResults, (result) => ({ result })),
    tokenDuration: createHistogram(),
    reloads: createCounts(reloadResults, (result) => ({ result })),
    tokenCache: createCounts(tokenCacheResults, (result) => ({ result })),
  }
}

function allLocalAnswers(): LocalAnswer[] {
  const codes = Object.keys(problems) as ProblemCode[]
  return codes.flatMap((code): LocalAnswer[] => [`${code}/no`, `${code}/maybe`])
}

function splitLocalAnswer(answer: LocalAnswer): { problem: string; request_sent: string } {
  const [problem = '', request_sent = ''] = answer.split('/')
  return { problem, request_sent }
}
