import { test } from 'tap'
import type { EnvironmentSettings } from '../src/config/schema.ts'
import type { StoreStatus } from '../src/credentials/store-status.ts'
import { environmentReport, type ReportParts } from '../src/environment-report.ts'
import { SidecarError } from '../src/errors.ts'
import type { Session } from '../src/session.ts'
import type { TokenStatus } from '../src/token/status.ts'

const soundStore: StoreStatus = {
  subject: 'CN=client',
  issuer: 'CN=root',
  thumbprint: 'AB',
  notAfter: '2030-01-01T00:00:00.000Z',
  daysLeft: 100,
  loadedAt: '2029-01-01T00:00:00.000Z',
  lastError: null,
  reason: null,
  unusable: undefined,
}

const validToken: TokenStatus = {
  state: 'valid',
  expiresAt: '2029-01-01T00:05:00.000Z',
  lastRequestAt: '2029-01-01T00:00:00.000Z',
  lastError: null,
  nextAttemptAt: null,
  requests: { ok: 1, throttled: 0, rejected: 0, failed: 0 },
  thumbprintMatches: true,
  everHeld: true,
  settled: true,
}

interface Facts {
  readonly store?: Partial<StoreStatus>
  readonly token?: Partial<TokenStatus> | 'none'
  readonly settings?: Partial<EnvironmentSettings>
  readonly secretProblem?: string | null
}

function report({ store, token = {}, settings, secretProblem }: Facts = {}) {
  const tokens = { status: () => ({ ...validToken, ...(token === 'none' ? {} : token) }) }
  const session = token === 'none' ? undefined : ({ tokens } as unknown as Session)
  const listen = { kind: 'tcp', host: '0.0.0.0', port: 8080 }
  const parts = {
    settings: { name: 'test', allowRemote: false, listen, ...settings },
    address: '127.0.0.1:8080',
    store: { status: () => ({ ...soundStore, ...store }), current: () => session },
    budgetRemaining: 5,
    inFlight: 2,
    secret: secretProblem === undefined ? undefined : { problem: () => secretProblem },
    everHeldToken: true,
  }
  return environmentReport(parts as unknown as ReportParts)
}

test('an environment that can serve is ready, without a reason', async (t) => {
  const { reason: _, unusable: __, ...certificate } = soundStore
  t.match(report(), {
    name: 'test',
    listen: '127.0.0.1:8080',
    ready: true,
    reason: null,
    everHeldToken: true,
    certificate,
    token: { state: 'valid', budgetRemaining: 5, thumbprintMatches: true },
    inFlight: 2,
    warnings: [],
  })
  t.match(report({ secretProblem: null }), { ready: true, reason: null })
})

const refused = { state: 'rejected', expiresAt: null } as const

const unready: [string, Facts, string][] = [
  ['unusable credentials', { store: { reason: 'no such file' } }, 'no such file'],
  ['an unusable app secret', { secretProblem: 'it is empty' }, 'it is empty'],
  ['refused credentials', { token: { ...refused, lastError: 'it said 401' } }, 'it said 401'],
  ['credentials refused without a word', { token: refused }, 'the bank refuses the credentials'],
  [
    'a first token request under way',
    { token: { settled: false } },
    'the first token request has not been answered yet',
  ],
  ['no credentials yet', { token: 'none' }, 'the first token request has not been answered yet'],
]
for (const [what, facts, reason] of unready) {
  test(`with ${what} it is not ready`, async (t) => {
    t.match(report(facts), { ready: false, reason })
  })
}

test('refused credentials leave it ready while it holds a token to serve with', async (t) => {
  t.match(report({ token: { state: 'rejected' } }), { ready: true, reason: null })
})

test('a bank that is down does not make it unready', async (t) => {
  for (const state of ['failed', 'throttled'] as const)
    t.match(report({ token: { state, lastError: 'nobody answers' } }), { ready: true, reason: null })
})

test('without credentials the token is none, and the reason is the last error', async (t) => {
  const unusable = new SidecarError('certificate_unusable', 'wrong passphrase')
  const { token, certificate } = report({ token: 'none', store: { unusable, reason: unusable.message } })
  t.match(token, { state: 'none', expiresAt: null, requests: { ok: 0 }, budgetRemaining: 5 })
  t.equal(certificate.lastError, 'wrong passphrase')
  t.notOk('unusable' in certificate)
})

test('newer files that were refused are the last error of a certificate that serves', async (t) => {
  t.match(report({ store: { lastError: 'key mismatch' } }), {
    ready: true,
    certificate: { lastError: 'key mismatch' },
  })
})

test('to listen remotely without a secret is warned about', async (t) => {
  const allowRemote = true
  t.match(report({ settings: { allowRemote } }).warnings, [/BC_APP_SECRET_FILE/])
  t.same(report({ settings: { allowRemote, appSecretFile: '/secret' } }).warnings, [])
  t.same(report({ settings: { allowRemote, listen: { kind: 'unix', path: '/a' } } }).warnings, [])
  for (const host of ['127.0.0.1', '::1', 'localhost'])
    t.same(report({ settings: { allowRemote, listen: { kind: 'tcp', host, port: 1 } } }).warnings, [], host)
})
