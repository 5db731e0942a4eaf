import { test } from 'tap'
import type { EnvironmentReport } from '../../src/admin/environment-report.ts'
import { type Finding, findingsOf } from '../../src/admin/findings.ts'
import type { Reload } from '../../src/admin/metrics.ts'
import {
  environmentReport,
  inSeconds,
  lostRequest,
  metricsAt,
  noCertificate,
  requestRecord,
} from './reports.ts'

function findings(report: EnvironmentReport, requests = 0, failures = 0): Finding[] {
  const { metrics } = metricsAt()
  for (let count = 0; count < requests; count++)
    metrics.request(requestRecord(count < failures ? lostRequest : {}))
  return findingsOf({ ...report, traffic: metrics.traffic('sandbox', 0), lastReload: null })
}

const told = (report: EnvironmentReport): string[] =>
  findings(report).map(({ level, message }) => `${level}: ${message}`)

test('an environment that serves has nothing to tell', (t) => {
  t.same(findings(environmentReport(), 100, 4), [])
  t.end()
})

test('what keeps it from serving comes first, and once', (t) => {
  const reason = 'the client certificate expired on 2026-11-20'
  const expired = { daysLeft: -3, lastError: reason }
  const report = environmentReport({ ready: false, reason, warnings: ['unwise'], certificate: expired })
  t.same(told(report), [
    `problem: Not ready: ${reason}`,
    'problem: The client certificate has expired',
    'warning: unwise',
  ])
  t.same(told(environmentReport({ ready: false })), ['problem: Not ready: no reason is known'])
  t.end()
})

test('a certificate’s last days are told a month ahead, and urgently in the last week', (t) => {
  const days = (daysLeft: number) => told(environmentReport({ certificate: { daysLeft } }))
  t.same(days(31), [])
  t.same(days(30), ['warning: The client certificate expires in 30 days'])
  t.same(days(7), ['problem: The client certificate expires in 7 days'])
  t.same(days(1.9), ['problem: The client certificate expires in 1 day'])
  t.same(days(0), ['problem: The client certificate expires within a day'])
  t.same(told(environmentReport({ certificate: noCertificate })), [])
  t.end()
})

test('credential files that were not taken are told while the old ones serve', (t) => {
  t.same(told(environmentReport({ certificate: { lastError: 'the passphrase is wrong' } })), [
    'warning: The newest credential files are not in use: the passphrase is wrong',
  ])
  t.end()
})

test('a token that could not be had is a problem only when none is held', (t) => {
  const failed = { state: 'failed', lastError: 'it answered 500' } as const
  t.same(told(environmentReport({ token: failed })), [
    'warning: The last token request failed: it answered 500',
  ])
  t.same(told(environmentReport({ token: { ...failed, state: 'throttled', expiresAt: null } })), [
    'problem: The bank throttles token requests: it answered 500',
  ])
  const refused = { ready: false, reason: 'it answered 401', token: { lastError: 'it answered 401' } }
  t.same(told(environmentReport(refused)), ['problem: Not ready: it answered 401'])
  t.end()
})

test('a spent budget and a token of another certificate are told', (t) => {
  const token = { budgetRemaining: 0, thumbprintMatches: false, expiresAt: inSeconds(100) }
  t.same(told(environmentReport({ token })), [
    'warning: This minute’s token requests are spent',
    'warning: The token was issued to another certificate than the loaded one',
  ])
  t.end()
})

test('failures are told from one in twenty on, when there are enough requests to say so', (t) => {
  t.same(findings(environmentReport(), 9, 9), [])
  t.match(findings(environmentReport(), 100, 5), [
    { level: 'warning', message: '5 of 100 requests failed in the last five minutes' },
  ])
  t.end()
})

test('what is of a moment says when it was last seen', (t) => {
  const refused = { result: 'refused', at: inSeconds(-9) } as const
  const when = (report: EnvironmentReport, lastReload: Reload | null = refused) => {
    const traffic = metricsAt().metrics.traffic('sandbox', 0)
    return findingsOf({ ...report, traffic, lastReload }).map(({ at }) => at)
  }
  const files = environmentReport({ certificate: { lastError: 'wrong' } })
  t.same(when(files), [refused.at])
  t.same(when(files, { ...refused, result: 'applied' }), [null])
  t.same(when(files, null), [null])
  const rejected = { ready: false, reason: '401', token: { lastError: '401' } }
  t.same(when(environmentReport(rejected)), [inSeconds(-50)])
  t.same(when(environmentReport({ ready: false, reason: 'missing' })), [refused.at])
  t.same(when(environmentReport({ ready: false })), [refused.at])
  t.same(when(environmentReport({ token: { lastError: 'it answered 500' } })), [inSeconds(-50)])
  t.same(when(environmentReport({ warnings: ['unwise'] })), [null])
  t.end()
})
