import type { SidecarError } from '../errors.ts'
import { unusable } from './unusable.ts'

export interface Validity {
  readonly subject: string
  readonly notBefore: Date
  readonly notAfter: Date
}

/** Why a certificate cannot be used at a moment, if it cannot. `nowMs` is the wall clock's. */
export function validityFault(
  { subject, notBefore, notAfter }: Validity,
  nowMs: number,
): SidecarError | undefined {
  if (nowMs < notBefore.getTime()) {
    const since = notBefore.toISOString()
    return unusable(
      `the client certificate of ${subject} is not valid before ${since}`,
      'wait, or set this machine’s clock',
    )
  }
  if (nowMs <= notAfter.getTime()) return undefined
  const until = notAfter.toISOString()
  return unusable(
    `the client certificate of ${subject} has expired at ${until}`,
    'ask the bank for a new one and replace the file',
  )
}
