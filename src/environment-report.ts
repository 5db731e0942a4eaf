import type { EnvironmentReport } from './admin/environment-report.ts'
import { remoteHost } from './config/listen-address.ts'
import type { EnvironmentSettings } from './config/schema.ts'
import type { CredentialStore } from './credentials/credential-store.ts'
import type { SecretFile } from './credentials/secret-file.ts'
import type { Session } from './session.ts'
import type { TokenStatus } from './token/status.ts'

export interface ReportParts {
  readonly settings: EnvironmentSettings
  /** What the apps' listener really listens on. */
  readonly address: string
  readonly store: Pick<CredentialStore<Session>, 'status' | 'current'>
  readonly budgetRemaining: number
  readonly inFlight: number
  readonly secret: SecretFile | undefined
  /** A token has been held at some time. */
  readonly everHeldToken: boolean
}

/** How one environment is: what probes, metrics, `/status` and the page are made from. */
export function environmentReport(parts: ReportParts): EnvironmentReport {
  const { settings, address, store, budgetRemaining, inFlight, secret, everHeldToken } = parts
  const { reason: fault, unusable, ...certificate } = store.status()
  const token = store.current()?.tokens.status() ?? noToken
  const reason = fault ?? secret?.problem() ?? tokenFault(token)
  return {
    name: settings.name,
    listen: address,
    ready: reason === null,
    reason,
    everHeldToken,
    certificate: { ...certificate, lastError: certificate.lastError ?? unusable?.message ?? null },
    token: { ...token, budgetRemaining },
    inFlight,
    warnings: warningsOf(settings),
  }
}

/**
 * interface.md, `/readyz`: a bank that is down does not make it unready; refused credentials do, once no token
 * is left to serve with.
 */
function tokenFault({ state, settled, expiresAt, lastError }: TokenStatus): string | null {
  if (state === 'rejected' && expiresAt === null) return lastError ?? 'the bank refuses the credentials'
  return settled ? null : 'the first token request has not been answered yet'
}

/** What works, but is not wise: sentences. */
export function warningsOf({ allowRemote, appSecretFile, listen }: EnvironmentSettings): string[] {
  if (!allowRemote || appSecretFile !== undefined || remoteHost(listen) === undefined) return []
  return ['apps on other machines may call without a secret: set BC_APP_SECRET_FILE']
}

const noToken: TokenStatus = {
  state: 'none',
  expiresAt: null,
  lastRequestAt: null,
  lastError: null,
  nextAttemptAt: null,
  requests: { ok: 0, throttled: 0, rejected: 0, failed: 0 },
  thumbprintMatches: null,
  everHeld: false,
  settled: false,
}
