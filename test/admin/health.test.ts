import { test } from 'tap'
import { readiness, startup } from '../../src/admin/health.ts'
import { environmentReport } from './reports.ts'

const failing = environmentReport({
  name: 'production',
  ready: false,
  reason: 'no certificate',
  everHeldToken: false,
})

test('ready is when every environment is, and the sidecar stays', (t) => {
  t.same(readiness([environmentReport()], false), {
    ok: true,
    reasons: [],
    environments: { sandbox: { ok: true, reason: null } },
  })
  t.same(readiness([environmentReport(), failing], false), {
    ok: false,
    reasons: ['production: no certificate'],
    environments: {
      sandbox: { ok: true, reason: null },
      production: { ok: false, reason: 'no certificate' },
    },
  })
  t.match(readiness([environmentReport(), failing], true), {
    ok: false,
    reasons: ['the sidecar is shutting down', 'production: no certificate'],
  })
  t.match(readiness([environmentReport()], true), { ok: false, environments: { sandbox: { ok: true } } })
  t.end()
})

test('started is when every environment has held a token, ready or not', (t) => {
  t.match(startup([environmentReport({ ready: false })]), { ok: true, reasons: [] })
  t.match(startup([failing]), { ok: false, reasons: ['production: no certificate'] })
  t.match(startup([environmentReport({ everHeldToken: false })]), {
    ok: false,
    reasons: ['sandbox: no token has been held yet'],
  })
  t.end()
})
