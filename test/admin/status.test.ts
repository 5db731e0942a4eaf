import { test } from 'tap'
import { statusOf } from '../../src/admin/status.ts'
import { environmentReport, metricsAt, noCertificate, startedAt } from './reports.ts'

function status(options: { reports?: ReturnType<typeof environmentReport>[]; draining?: boolean } = {}) {
  const { metrics } = metricsAt(['sandbox', 'production'])
  return statusOf({
    version: '1.2.3',
    metrics,
    environments: () => options.reports ?? [environmentReport()],
    draining: () => options.draining ?? false,
    startedAt: new Date(startedAt - 90_000),
    wallNow: () => startedAt,
  })
}

test('the status has certificate, token and traffic of each environment, as the interface names them', (t) => {
  const { sandbox } = status().environments
  t.same(Object.keys(sandbox?.certificate ?? {}), [
    'subject',
    'issuer',
    'thumbprint',
    'notAfter',
    'daysLeft',
    'loadedAt',
    'lastError',
  ])
  t.same(sandbox?.token, environmentReport().token)
  t.match(sandbox?.traffic, { inFlight: 2, requests: 0 })
  t.match(sandbox, { listen: '127.0.0.1:8080', ready: true, reason: null, lastReload: null, findings: [] })
  t.end()
})

test('the status tells version, age and whether the sidecar is shutting down', (t) => {
  t.match(status(), {
    version: '1.2.3',
    node: process.version,
    now: '2026-11-23T10:00:00.000Z',
    startedAt: '2026-11-23T09:58:30.000Z',
    uptimeSeconds: 90,
    draining: false,
    ready: true,
  })
  t.match(status({ draining: true }), { draining: true, ready: false })
  t.match(
    status({ reports: [environmentReport(), environmentReport({ name: 'production', ready: false })] }),
    {
      ready: false,
    },
  )
  t.end()
})

test('what a report carries besides is not told', (t) => {
  const report = { ...environmentReport(), secret: 'hunter2' }
  const token = { ...report.token, authorization: 'Bearer hunter2' }
  const certificate = { ...report.certificate, ...noCertificate, key: 'hunter2' }
  t.notMatch(JSON.stringify(status({ reports: [{ ...report, token, certificate }] })), 'hunter2')
  t.end()
})
