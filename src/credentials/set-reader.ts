import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { SidecarError } from '../errors.ts'
import { buildSet } from './build-set.ts'
import type { CredentialSet } from './credential-set.ts'
import { readSnapshot, readStableSnapshot, type Snapshot } from './snapshot.ts'
import { type CredentialSources, filesOf } from './sources.ts'
import type { Material, Unlocked } from './unlock.ts'
import { unusable } from './unusable.ts'
import { validityFault } from './validity.ts'

/** What the files hold now. */
export type Reading =
  /** The contents that are in use. */
  | { readonly kind: 'in use' }
  /** Changed since the last reading: perhaps more is being written. */
  | { readonly kind: 'unsettled' }
  | { readonly kind: 'sound'; readonly set: CredentialSet }
  | { readonly kind: 'unsound'; readonly fault: SidecarError }

export interface SetReaderOptions {
  readonly sources: CredentialSources
  readonly wallNow: () => number
  /** Soon rejects once the signal is given. */
  readonly unlock: (material: Material, signal: AbortSignal) => Promise<Unlocked>
  /** How often files are looked at while they are being opened, which may take long. */
  readonly pollMs: number
}

export interface ReadingOptions {
  /** Do not wait for a second reading that finds the same. */
  readonly urgent: boolean
  /** Identity of the set in use. */
  readonly inUse: string | undefined
}

/** Reads the files of a set again and again; the same contents are opened once. */
export function createSetReader({
  sources,
  wallNow,
  unlock,
  pollMs,
}: SetReaderOptions): (options: ReadingOptions) => Promise<Reading> {
  const snapshotOptions = { files: filesOf(sources), digestKey: randomBytes(32) }
  let seen: string | undefined
  let built: { digest: string; outcome: CredentialSet | SidecarError } | undefined
  /** Gives up when the files change: what is opened is not what is there any longer. */
  const build = async (snapshot: Snapshot): Promise<CredentialSet | SidecarError | undefined> => {
    const changed = new AbortController()
    const unlockUntilChanged = (material: Material) => unlock(material, changed.signal)
    const building = outcomeOf(buildSet({ sources, snapshot, wallNow, unlock: unlockUntilChanged }))
    for (;;) {
      const outcome = await within(pollMs, building)
      if (outcome !== undefined) return outcome
      seen = (await readSnapshot(snapshotOptions)).digest
      if (seen === snapshot.digest) continue
      changed.abort()
      await building
      return undefined
    }
  }
  return async ({ urgent, inUse }) => {
    const snapshot = await (urgent ? readStableSnapshot : readSnapshot)(snapshotOptions)
    const { digest } = snapshot
    const settled = urgent || digest === seen
    seen = digest
    if (digest === inUse) return { kind: 'in use' }
    const again = urgent && built?.outcome instanceof SidecarError
    if (built?.digest !== digest || again) {
      if (!settled) return { kind: 'unsettled' }
      const outcome = await build(snapshot)
      if (outcome === undefined) return { kind: 'unsettled' }
      built = { digest, outcome }
    }
    return readingOf(built.outcome, wallNow())
  }
}

/** Undefined when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const done = new AbortController()
  const pause = setTimeout(ms, undefined, { signal: done.signal })
  try {
    return await Promise.race([work, pause])
  } finally {
    done.abort()
  }
}

async function outcomeOf(building: Promise<CredentialSet>): Promise<CredentialSet | SidecarError> {
  try {
    return await building
  } catch (error) {
    if (error instanceof SidecarError) return error
    return unusable('the credential files cannot be used', 'check them with bc-sidecar check', error)
  }
}

/** Time makes a set sound, or unsound, without any change of files. */
function readingOf(outcome: CredentialSet | SidecarError, nowMs: number): Reading {
  if (outcome instanceof SidecarError) return { kind: 'unsound', fault: outcome }
  const fault = validityFault(outcome, nowMs)
  return fault === undefined ? { kind: 'sound', set: outcome } : { kind: 'unsound', fault }
}
