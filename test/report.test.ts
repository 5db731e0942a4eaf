import { test } from 'tap'
import type { CredentialSet } from '../src/credentials/credential-set.ts'
import { SidecarError } from '../src/errors.ts'
import { createLogger } from '../src/logging.ts'
import { logCredentials, logToken } from '../src/report.ts'

function rig() {
  const lines: Record<string, unknown>[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  return { lines, log: createLogger({ level: 'trace', format: 'json', destination }).log }
}

const thumbprint = 'AB'
const nextAttemptAt = '2030-01-01T00:00:00.000Z'

test('a renewed token is a change of state', async (t) => {
  const { lines, log } = rig()
  logToken(log, 'test', { kind: 'renewed', thumbprint, expiresAt: nextAttemptAt, lifetimeMs: 300_000 })
  t.match(lines, [{ level: 'info', event: 'token_renewed', environment: 'test', expiresAt: nextAttemptAt }])
})

test('a failure that heals by itself warns, refused credentials need a person', async (t) => {
  const { lines, log } = rig()
  const failures = ['token_unavailable', 'token_throttled', 'credentials_rejected'] as const
  for (const code of failures) {
    const error = new SidecarError(code, 'it said no')
    logToken(log, 'test', { kind: 'failed', thumbprint, error, nextAttemptAt, repeated: false })
  }
  t.match(lines, [
    { level: 'warn', event: 'token_failed', code: failures[0], reason: 'it said no', nextAttemptAt },
    { level: 'warn', event: 'token_failed', code: failures[1] },
    { level: 'error', event: 'token_failed', code: failures[2] },
  ])
})

test('what is no news is not logged', async (t) => {
  const { lines, log } = rig()
  const error = new SidecarError('token_unavailable', 'again')
  logToken(log, 'test', { kind: 'failed', thumbprint, error, nextAttemptAt, repeated: true })
  logToken(log, 'test', { kind: 'request', thumbprint, result: 'ok', durationMs: 3 })
  logToken(log, 'test', { kind: 'state', thumbprint, state: 'valid', previous: 'none' })
  t.same(lines, [])
})

test('a token that was issued to another certificate warns', async (t) => {
  const { lines, log } = rig()
  logToken(log, 'test', { kind: 'thumbprint_mismatch', thumbprint, claimed: 'CD' })
  t.match(lines, [{ level: 'warn', event: 'thumbprint_mismatch', thumbprint, claimed: 'CD' }])
})

const set = {
  thumbprint,
  subject: 'CN=client',
  notAfter: new Date('2030-01-01'),
  format: 'pem',
} as unknown as CredentialSet

test('credentials that serve from now on are told with their certificate', async (t) => {
  const { lines, log } = rig()
  logCredentials(log, 'test', { kind: 'applied', set, proved: true })
  const fields = { event: 'credentials_applied', environment: 'test', thumbprint, subject: 'CN=client' }
  t.match(lines, [{ ...fields, level: 'info', notAfter: nextAttemptAt, format: 'pem', proved: true }])
})

test('credentials that cannot be used are told with the reason, and as loudly as they deserve', async (t) => {
  const { lines, log } = rig()
  const error = new SidecarError('certificate_unusable', 'wrong passphrase')
  for (const kind of ['refused', 'deferred', 'unusable'] as const)
    logCredentials(log, 'test', { kind, error })
  const fields = { environment: 'test', code: 'certificate_unusable', reason: 'wrong passphrase' }
  t.match(lines, [
    { ...fields, level: 'error', event: 'credentials_refused', msg: /keeping the old ones/ },
    { ...fields, level: 'warn', event: 'credentials_deferred', msg: /keeping the old ones/ },
    { ...fields, level: 'error', event: 'credentials_unusable', msg: /no credentials/ },
  ])
})

test('a certificate that expires soon warns, and in its last week it is an error', async (t) => {
  const { lines, log } = rig()
  logCredentials(log, 'test', { kind: 'expiring', set, thresholdDays: 14, daysLeft: 13 })
  logCredentials(log, 'test', { kind: 'expiring', set, thresholdDays: 7, daysLeft: 6 })
  t.match(lines, [
    { level: 'warn', event: 'certificate_expiring', thumbprint, notAfter: nextAttemptAt, daysLeft: 13 },
    { level: 'error', event: 'certificate_expiring', daysLeft: 6 },
  ])
})
