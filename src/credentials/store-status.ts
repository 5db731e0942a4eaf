import type { SidecarError } from '../errors.ts'
import type { CredentialSet } from './credential-set.ts'
import { daysLeft } from './expiry-warnings.ts'

/** The certificate in use, as `/status` shows it. */
export interface CertificateStatus {
  readonly subject: string | null
  readonly issuer: string | null
  readonly thumbprint: string | null
  /** ISO 8601, as all times here. */
  readonly notAfter: string | null
  readonly daysLeft: number | null
  readonly loadedAt: string | null
  /** What is wrong with the newest files, if anything. */
  readonly lastError: string | null
}

export interface StoreStatus extends CertificateStatus {
  /** Why no set can be used now. */
  readonly reason: string | null
  readonly unusable: SidecarError | undefined
}

export interface StatusOptions {
  readonly set: CredentialSet | undefined
  readonly lastError: string | null
  readonly unusable: SidecarError | undefined
  /** Milliseconds since 1970. */
  readonly nowMs: number
}

export function statusOf({ set, lastError, unusable, nowMs }: StatusOptions): StoreStatus {
  return {
    subject: set?.subject ?? null,
    issuer: set?.issuer ?? null,
    thumbprint: set?.thumbprint ?? null,
    notAfter: set?.notAfter.toISOString() ?? null,
    daysLeft: set === undefined ? null : daysLeft(set, nowMs),
    loadedAt: set?.loadedAt.toISOString() ?? null,
    lastError,
    reason: unusable?.message ?? null,
    unusable,
  }
}
