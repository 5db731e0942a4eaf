import type { CertificateReport, EnvironmentReport, TokenReport } from './environment-report.ts'
import { type Finding, findingsOf } from './findings.ts'
import type { Metrics, Reload } from './metrics.ts'
import { type TokenCacheLink, type TokenCacheReport, tokenCacheReport } from './token-cache.ts'
import type { TrafficReport } from './traffic.ts'

export interface StatusSource {
  readonly version: string
  readonly metrics: Pick<Metrics, 'traffic' | 'lastReload'>
  readonly environments: () => readonly EnvironmentReport[]
  readonly draining: () => boolean
  /** Where tokens are shared. */
  readonly tokenCache?: (() => TokenCacheLink) | undefined
  readonly startedAt: Date
  readonly wallNow: () => number
}

export interface EnvironmentStatus {
  readonly listen: string
  readonly ready: boolean
  readonly reason: string | null
  readonly certificate: CertificateReport
  readonly token: TokenReport
  readonly traffic: TrafficReport
  readonly lastReload: Reload | null
  readonly warnings: readonly string[]
  /** What is wrong and what helps, the worst first. */
  readonly findings: readonly Finding[]
}

/** `/status`, and all that the page shows. Times in ISO 8601. */
export interface SidecarStatus {
  readonly version: string
  readonly node: string
  readonly now: string
  readonly startedAt: string
  readonly uptimeSeconds: number
  readonly draining: boolean
  /** As `/readyz` has it. */
  readonly ready: boolean
  readonly tokenCache: TokenCacheReport
  readonly environments: Readonly<Record<string, EnvironmentStatus>>
}

export function statusOf(source: StatusSource): SidecarStatus {
  const { version, metrics, environments, draining, startedAt, wallNow } = source
  const now = wallNow()
  const reports = environments()
  const isDraining = draining()
  return {
    version,
    node: process.version,
    now: new Date(now).toISOString(),
    startedAt: startedAt.toISOString(),
    uptimeSeconds: Math.max(0, Math.round((now - startedAt.getTime()) / 1000)),
    draining: isDraining,
    ready: !isDraining && reports.every(({ ready }) => ready),
    tokenCache: tokenCacheReport(source.tokenCache?.()),
    environments: Object.fromEntries(
      reports.map((report) => [report.name, environmentStatus(report, metrics)]),
    ),
  }
}

/** Field by field: what a report may carry besides is not for everyone who can reach this listener. */
function environmentStatus(report: EnvironmentReport, metrics: StatusSource['metrics']): EnvironmentStatus {
  const { name, listen, ready, reason, warnings, inFlight } = report
  const status = {
    listen,
    ready,
    reason,
    certificate: certificateOf(report.certificate),
    token: tokenOf(report.token),
    traffic: metrics.traffic(name, inFlight),
    lastReload: metrics.lastReload(name),
    warnings,
  }
  return { ...status, findings: findingsOf(status) }
}

function certificateOf(report: CertificateReport): CertificateReport {
  const { subject, issuer, thumbprint, notAfter, daysLeft, loadedAt, lastError } = report
  return { subject, issuer, thumbprint, notAfter, daysLeft, loadedAt, lastError }
}

function tokenOf(report: TokenReport): TokenReport {
  const { state, expiresAt, lastRequestAt, lastError, nextAttemptAt, requests } = report
  const { thumbprintMatches, budgetRemaining } = report
  return {
    state,
    expiresAt,
    lastRequestAt,
    lastError,
    nextAttemptAt,
    requests,
    thumbprintMatches,
    budgetRemaining,
  }
}
