import type { Test } from 'tap'
import { startBank } from './bank.ts'
import { anyAuthority } from './pki.ts'
import { type RawDoor, rawDoor } from './raw-door.ts'
import { type RunningSidecar, startTestSidecar } from './sidecar.ts'

/** A whole sidecar and its bank, for apps that send bytes. */
export async function startRawSidecar(
  t: Test,
  env: Record<string, string> = {},
): Promise<RawDoor & RunningSidecar> {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env })
  return { ...running, ...rawDoor(t, bank, running.apps) }
}
