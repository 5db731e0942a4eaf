import type { SidecarError } from '../errors.ts'
import type { CredentialSet } from './credential-set.ts'

/** A change of state, said once. */
export type CredentialEvent =
  /** A set serves from now on; `proved` when the bank gave a token for it before. */
  | { readonly kind: 'applied'; readonly set: CredentialSet; readonly proved: boolean }
  /** New files are unsound, or the bank refuses them: the set in use stays. */
  | { readonly kind: 'refused'; readonly error: SidecarError }
  /** The bank could not be asked about new files: they are kept and tried again, the set in use stays. */
  | { readonly kind: 'deferred'; readonly error: SidecarError }
  /** No set can be used: none has been found yet, or the one in use has expired. */
  | { readonly kind: 'unusable'; readonly error: SidecarError }
  /** The certificate in use expires within `thresholdDays`: 30, 14, 7, 3 and 1, each once. */
  | {
      readonly kind: 'expiring'
      readonly set: CredentialSet
      readonly thresholdDays: number
      readonly daysLeft: number
    }
