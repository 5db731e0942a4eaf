import type { FailureKind } from './back-off.ts'
import type { ObtainedToken } from './token.ts'

/** The other sidecars with the same credentials, as far as tokens go. Nothing here rejects, or takes long. */
export interface SharedTokens {
  /** `known` is the token that another one is wanted for; `hurry` aborts when a request begins to wait for it. */
  claim(known: ObtainedToken | undefined, hurry: AbortSignal): Promise<Claim>
  /** A token that was had without the others. */
  offer(token: ObtainedToken): void
  /** The bank refused this token. */
  refuse(value: string): void
}

export type Claim =
  | { readonly kind: 'token'; readonly token: ObtainedToken }
  /** It is this sidecar's turn to ask the bank. */
  | { readonly kind: 'lease'; readonly lease: Lease }
  /** Another one asks. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'paused'; readonly reason: FailureKind | 'spent'; readonly waitMs: number }
  /** Nothing can be learned from the others. */
  | { readonly kind: 'alone' }

export interface Lease {
  /** What the last requests came to, if they failed; `elsewhere`, when another sidecar made the last one. */
  readonly failures: {
    readonly kind: FailureKind
    readonly inARow: number
    readonly elsewhere: boolean
  } | null
  fulfil(token: ObtainedToken): void
  fail(failure: { readonly kind: FailureKind; readonly heldTo: FailureKind; readonly pauseMs: number }): void
  release(): void
}
