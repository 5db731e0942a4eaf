/** How one environment is at this moment: what probes, metrics, `/status` and the page are made from. Times in ISO 8601. */
export interface EnvironmentReport {
  readonly name: string
  /** What the apps' listener listens on. */
  readonly listen: string
  readonly ready: boolean
  /** Why it is not ready. */
  readonly reason: string | null
  readonly everHeldToken: boolean
  readonly certificate: CertificateReport
  readonly token: TokenReport
  readonly inFlight: number
  /** What works, but is not wise. */
  readonly warnings: readonly string[]
}

export interface CertificateReport {
  readonly subject: string | null
  readonly issuer: string | null
  readonly thumbprint: string | null
  readonly notAfter: string | null
  readonly daysLeft: number | null
  readonly loadedAt: string | null
  readonly lastError: string | null
}

export const tokenStates = ['none', 'valid', 'renewing', 'throttled', 'rejected', 'failed'] as const

export type TokenState = (typeof tokenStates)[number]

export const tokenResults = ['ok', 'throttled', 'rejected', 'failed'] as const

export type TokenResult = (typeof tokenResults)[number]

export interface TokenReport {
  readonly state: TokenState
  readonly expiresAt: string | null
  readonly lastRequestAt: string | null
  readonly lastError: string | null
  readonly nextAttemptAt: string | null
  readonly requests: Readonly<Record<TokenResult, number>>
  readonly thumbprintMatches: boolean | null
  readonly budgetRemaining: number
}
