import type { SidecarError } from '../errors.ts'
import { unusable } from './unusable.ts'

/** Why something encrypted does not open. */
export function passphraseFault(name: string, passphrase: string | undefined, cause?: unknown): SidecarError {
  if (passphrase === undefined) {
    return unusable(
      `the ${name} needs a passphrase, and none is set`,
      'set the certificate passphrase',
      cause,
    )
  }
  const cure = 'give the passphrase that it was exported with, or the file anew if it is damaged'
  return unusable(`the passphrase does not open the ${name}`, cure, cause)
}
