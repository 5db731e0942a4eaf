import type { EnvironmentReport, TokenReport } from '../../src/admin/environment-report.ts'
import { createMetrics, type Metrics } from '../../src/admin/metrics.ts'
import type { RequestRecord } from '../../src/admin/request-record.ts'

/** 2026-11-23T10:00:00Z, which all of these reports are told at. */
export const startedAt = Date.UTC(2026, 10, 23, 10)

export function inSeconds(seconds: number): string {
  return new Date(startedAt + seconds * 1000).toISOString()
}

/** An environment that serves, or what a test changes of it. */
export function environmentReport(
  change: Partial<Omit<EnvironmentReport, 'token' | 'certificate'>> & {
    readonly token?: Partial<TokenReport>
    readonly certificate?: Partial<EnvironmentReport['certificate']>
  } = {},
): EnvironmentReport {
  const token: TokenReport = {
    state: 'valid',
    expiresAt: inSeconds(250),
    lastRequestAt: inSeconds(-50),
    lastError: null,
    nextAttemptAt: null,
    requests: { ok: 3, throttled: 0, rejected: 0, failed: 1 },
    thumbprintMatches: true,
    budgetRemaining: 5,
  }
  const certificate = {
    subject: 'CN=api-client',
    issuer: 'CN=Example CA',
    thumbprint: '6F3C1D0A9B8E7F665544332211FFEEDDCCBBAA00',
    notAfter: inSeconds(200 * 86_400),
    daysLeft: 200,
    loadedAt: inSeconds(-3600),
    lastError: null,
  }
  return {
    name: 'sandbox',
    listen: '127.0.0.1:8080',
    ready: true,
    reason: null,
    everHeldToken: true,
    inFlight: 2,
    warnings: [],
    ...change,
    token: { ...token, ...change.token },
    certificate: { ...certificate, ...change.certificate },
  }
}

export const noCertificate = {
  subject: null,
  issuer: null,
  thumbprint: null,
  notAfter: null,
  daysLeft: null,
  loadedAt: null,
}

export function requestRecord(change: Partial<RequestRecord> = {}): RequestRecord {
  return {
    environment: 'sandbox',
    method: 'GET',
    route: '/api/v1/accounts/:id',
    status: 200,
    origin: 'bank',
    code: undefined,
    requestSent: undefined,
    replayed: false,
    durationMs: 12,
    bankMs: 11,
    requestId: 'r-1',
    ...change,
  }
}

export const lostRequest: Partial<RequestRecord> = {
  method: 'POST',
  status: 502,
  origin: 'sidecar',
  code: 'bank_connection_lost',
  requestSent: 'maybe',
}

/** Metrics on a clock that a test moves. */
export function metricsAt(environments = ['sandbox']): { metrics: Metrics; clock: { seconds: number } } {
  const clock = { seconds: 1000 }
  const metrics = createMetrics({
    version: '1.2.3',
    environments,
    now: () => clock.seconds * 1000,
    wallNow: () => startedAt + (clock.seconds - 1000) * 1000,
  })
  return { metrics, clock }
}
