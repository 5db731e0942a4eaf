import { SidecarError } from '../../errors.ts'
import type { Advice } from './finding.ts'

/** Faults of credential files say `problem; cure` (credentials/unusable.ts). Anything else is thrown on. */
export function credentialAdvice(error: unknown): Advice {
  if (!(error instanceof SidecarError)) throw error
  const at = error.message.lastIndexOf('; ')
  if (at === -1) return { cause: error.message, cure: 'mend the file' }
  return { cause: error.message.slice(0, at), cure: error.message.slice(at + 2) }
}
