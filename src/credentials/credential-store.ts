import type { SidecarError } from '../errors.ts'
import type { CredentialEvent } from './credential-event.ts'
import type { CredentialSet } from './credential-set.ts'
import { createExpiryWarnings } from './expiry-warnings.ts'
import { watchFiles } from './file-watch.ts'
import { createHolder } from './holder.ts'
import { createRotation } from './rotation.ts'
import { createSetReader } from './set-reader.ts'
import { type CredentialSources, filesOf } from './sources.ts'
import { type StoreStatus, statusOf } from './store-status.ts'
import type { Material, Unlocked } from './unlock.ts'
import { type AsideOptions, unlockAside } from './unlock-aside.ts'

export interface CredentialStoreOptions<Session> {
  readonly sources: CredentialSources
  /** Opens what works with a set: connections, a token holder. */
  readonly open: (set: CredentialSet) => Session
  /**
   * Asks the bank for a token; `again` when it was asked about this set before. Rejecting with `credentials_rejected` refuses the
   * set, anything else defers it.
   */
  readonly prove: (session: Session, attempt: { readonly again: boolean }) => Promise<void>
  /** Whether what `prove` rejected with may be a refusal, too. */
  readonly mayBeRefusal: (error: SidecarError) => boolean
  /** Asked to look, it found nothing new: what failed with the session in use may have been mended at the bank. */
  readonly retry: (session: Session) => void
  /** Lets go of a session that was replaced, refused or superseded: requests in flight may finish. */
  readonly retire: (session: Session) => void
  readonly report: (event: CredentialEvent) => void
  /** Monotonic milliseconds. */
  readonly now?: () => number
  /** Milliseconds since 1970. */
  readonly wallNow?: () => number
  /** From 0 to 1. */
  readonly random?: () => number
  /** Default: on a thread of its own where that takes long. */
  readonly unlock?: (material: Material, options: AsideOptions) => Promise<Unlocked>
  /** Default 1 s. */
  readonly pollMs?: number
  /** How long an unsound set may be a set that is still being written. Default 10 s. */
  readonly settleMs?: number
}

export interface CredentialStore<Session> {
  /** The files have been read once, soundly or not. */
  readonly started: Promise<void>
  /** The session with the newest good set, also when it has expired meanwhile. */
  current(): Session | undefined
  /** The same for a request: throws certificate_unusable when there is none, or its certificate has expired. */
  usable(): Session
  status(): StoreStatus
  /** Reads the files at once, asks the bank again about a set that it has refused, and retries the one in use. */
  look(): void
  /** Stops watching, and retires every session. */
  close(): Promise<void>
}

/**
 * Keeps the last good set of credentials: the first sound one serves at once; later ones serve, as a whole, once
 * the bank has given a token for them.
 */
export function createCredentialStore<Session>(
  options: CredentialStoreOptions<Session>,
): CredentialStore<Session> {
  const { sources, report, now = () => performance.now(), wallNow = Date.now, random = Math.random } = options
  const { unlock = unlockAside, pollMs = 1_000 } = options
  const closing = new AbortController()
  const read = createSetReader({
    sources,
    wallNow,
    unlock: (material, changed) => unlock(material, { signal: AbortSignal.any([closing.signal, changed]) }),
    pollMs,
  })
  const holder = createHolder<Session>({ ...options, wallNow })
  const rotation = createRotation({ settleMs: 10_000, ...options, holder, now, random })
  const warnOfExpiry = createExpiryWarnings(report)
  const look = async (urgent: boolean): Promise<void> => {
    const reading = await read({ urgent, inUse: holder.held()?.set.identity })
    if (closing.signal.aborted) return
    rotation.react(reading, urgent)
    const held = holder.held()
    if (held !== undefined) warnOfExpiry(held.set, wallNow())
  }
  const paths = filesOf(sources).map(({ path }) => path)
  const watch = watchFiles({ paths, pollMs, look })
  return {
    started: watch.started,
    current: () => holder.held()?.session,
    usable: () => holder.usable().session,
    status: () =>
      statusOf({
        set: holder.held()?.set,
        lastError: rotation.lastError(),
        unusable: holder.fault(),
        nowMs: wallNow(),
      }),
    look: () => watch.hurry(),
    close: async () => {
      closing.abort()
      await watch.close()
      rotation.close()
      holder.put(undefined)
    },
  }
}
