import type { Test } from 'tap'
import type { CredentialEvent } from '../../src/credentials/credential-event.ts'
import {
  type CredentialStore,
  type CredentialStoreOptions,
  createCredentialStore,
} from '../../src/credentials/credential-store.ts'
import type { CredentialSources } from '../../src/credentials/sources.ts'
import { unlock } from '../../src/credentials/unlock.ts'

/** What the store opened for a set. */
export interface StoredSession {
  readonly thumbprint: string
  readonly username: string
  readonly password: string
}

export interface Stored {
  readonly store: CredentialStore<StoredSession>
  readonly events: CredentialEvent[]
  /** Opened and not retired yet. */
  readonly open: Set<StoredSession>
  readonly kinds: () => string[]
}

/** A store over real files that looks every few milliseconds, before a bank that takes everything. */
export function stored(
  t: Test,
  sources: CredentialSources,
  options: Partial<CredentialStoreOptions<StoredSession>> = {},
): Stored {
  const events: CredentialEvent[] = []
  const open = new Set<StoredSession>()
  const store = createCredentialStore<StoredSession>({
    sources,
    open: ({ thumbprint, username, password }) => {
      const session = { thumbprint, username: username.reveal(), password: password.reveal() }
      open.add(session)
      return session
    },
    prove: async () => undefined,
    mayBeRefusal: () => false,
    retry: () => undefined,
    retire: (session) => {
      if (!open.delete(session)) t.fail('retired twice')
    },
    report: (event) => events.push(event),
    unlock,
    pollMs: 5,
    ...options,
  })
  t.teardown(() => store.close())
  return { store, events, open, kinds: () => events.map(({ kind }) => kind) }
}
