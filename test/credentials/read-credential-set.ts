import { randomBytes } from 'node:crypto'
import { buildSet } from '../../src/credentials/build-set.ts'
import type { CredentialSet } from '../../src/credentials/credential-set.ts'
import { readStableSnapshot } from '../../src/credentials/snapshot.ts'
import { type CredentialSources, filesOf } from '../../src/credentials/sources.ts'
import type { Material, Unlocked } from '../../src/credentials/unlock.ts'
import { unlockAside } from '../../src/credentials/unlock-aside.ts'
import { validityFault } from '../../src/credentials/validity.ts'

export interface ReadOptions {
  /** Milliseconds since 1970. */
  readonly wallNow?: () => number
  /** Default: on a thread of its own where that takes long. */
  readonly unlock?: (material: Material) => Promise<Unlocked>
}

/** Reads the set once, now. Throws SidecarError certificate_unusable, naming what is wrong and its cure. */
export async function readCredentialSet(
  sources: CredentialSources,
  options: ReadOptions = {},
): Promise<CredentialSet> {
  const { wallNow = Date.now, unlock = unlockAside } = options
  const snapshot = await readStableSnapshot({ files: filesOf(sources), digestKey: randomBytes(32) })
  const set = await buildSet({ sources, snapshot, wallNow, unlock })
  const fault = validityFault(set, wallNow())
  if (fault !== undefined) throw fault
  return set
}
