import type { SidecarError } from '../errors.ts'

export type TokenState = 'none' | 'valid' | 'renewing' | 'throttled' | 'rejected' | 'failed'

export type RequestResult = 'ok' | 'throttled' | 'rejected' | 'failed'

/** How many token requests ended in which way. */
export type RequestCounts = Readonly<Record<RequestResult, number>>

/** For log and metrics; no event carries a token. `thumbprint` is that of the certificate that asked. */
export type TokenEvent = { readonly thumbprint: string } & (
  | { readonly kind: 'request'; readonly result: RequestResult; readonly durationMs: number }
  | { readonly kind: 'renewed'; readonly expiresAt: string; readonly lifetimeMs: number }
  | {
      readonly kind: 'failed'
      readonly error: SidecarError
      readonly nextAttemptAt: string
      /** The attempt before failed in the same way: no news. */
      readonly repeated: boolean
    }
  | { readonly kind: 'state'; readonly state: TokenState; readonly previous: TokenState }
  | { readonly kind: 'thumbprint_mismatch'; readonly claimed: string }
)

export type Report = (event: TokenEvent) => void

const byCode: Readonly<Record<string, 'throttled' | 'rejected'>> = {
  token_throttled: 'throttled',
  credentials_rejected: 'rejected',
}

export function resultOf(error: SidecarError): 'throttled' | 'rejected' | 'failed' {
  return byCode[error.code] ?? 'failed'
}

export function isoTime(wallMs: number): string {
  return new Date(wallMs).toISOString()
}
