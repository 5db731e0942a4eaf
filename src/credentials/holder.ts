import type { SidecarError } from '../errors.ts'
import type { CredentialSet } from './credential-set.ts'
import { unusable } from './unusable.ts'
import { validityFault } from './validity.ts'

/** Credentials, and what is open with them. */
export interface Held<Session> {
  readonly set: CredentialSet
  readonly session: Session
}

export interface HolderOptions<Session> {
  readonly retire: (session: Session) => void
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
}

/** The set in use. */
export interface Holder<Session> {
  /** The newest good one, also when it has expired meanwhile. */
  held(): Held<Session> | undefined
  /** The same for a request: throws certificate_unusable when there is none, or it has expired. */
  usable(): Held<Session>
  /** Why there is none to use. */
  fault(): SidecarError | undefined
  /** Why none has been found. */
  explain(fault: SidecarError): void
  /** Replaces the one in use as a whole, and retires it. */
  put(next: Held<Session> | undefined): void
}

export function createHolder<Session>({ retire, wallNow }: HolderOptions<Session>): Holder<Session> {
  let held: Held<Session> | undefined
  let missing = unusable('the credentials have not been read yet', 'wait a moment')
  return {
    held: () => held,
    usable: () => {
      if (held === undefined) throw missing
      const expired = validityFault(held.set, wallNow())
      if (expired !== undefined) throw expired
      return held
    },
    fault: () => (held === undefined ? missing : validityFault(held.set, wallNow())),
    explain: (fault) => {
      missing = fault
    },
    put: (next) => {
      const old = held
      held = next
      if (old !== undefined) retire(old.session)
    },
  }
}
