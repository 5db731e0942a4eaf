import type { EnvironmentReport } from './environment-report.ts'

/** What a probe is told: 200 or 503, and why. */
export interface Health {
  readonly ok: boolean
  readonly reasons: readonly string[]
  readonly environments: Readonly<Record<string, { readonly ok: boolean; readonly reason: string | null }>>
}

/** Whether requests could be served: a bank that is down does not make it unready, draining does. */
export function readiness(reports: readonly EnvironmentReport[], draining: boolean): Health {
  const environments = reports.map(({ name, ready, reason }) => ({
    name,
    ok: ready,
    reason: ready ? null : reason,
  }))
  const health = healthOf(environments)
  return draining
    ? { ...health, ok: false, reasons: ['the sidecar is shutting down', ...health.reasons] }
    : health
}

/** Whether every environment has held a token: once it is, it stays so. */
export function startup(reports: readonly EnvironmentReport[]): Health {
  return healthOf(
    reports.map(({ name, everHeldToken: ok, reason }) => ({
      name,
      ok,
      reason: ok ? null : (reason ?? 'no token has been held yet'),
    })),
  )
}

function healthOf(environments: readonly { name: string; ok: boolean; reason: string | null }[]): Health {
  const failing = environments.filter(({ ok }) => !ok)
  return {
    ok: failing.length === 0,
    reasons: failing.map(({ name, reason }) => `${name}: ${reason}`),
    environments: Object.fromEntries(environments.map(({ name, ok, reason }) => [name, { ok, reason }])),
  }
}
