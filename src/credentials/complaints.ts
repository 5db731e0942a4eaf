import type { SidecarError } from '../errors.ts'
import type { CredentialEvent } from './credential-event.ts'

export interface ComplaintOptions {
  readonly report: (event: CredentialEvent) => void
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** How long files may be wrong because they are still being written. */
  readonly settleMs: number
}

/** What is wrong, said once: until something else is, or nothing. */
export interface Complaints {
  say(kind: 'refused' | 'deferred' | 'unusable', error: SidecarError): void
  /** Files are unsound: said once that has lasted, or at once when nothing serves and nothing was said yet. */
  unsound(fault: SidecarError, serving: boolean): void
  /** Files are sound. */
  sound(): void
  /** Nothing is wrong. */
  clear(): void
  lastError(): string | null
}

export function createComplaints({ report, now, settleMs }: ComplaintOptions): Complaints {
  let said: { kind: string; message: string } | undefined
  let unsound: { message: string; sinceMs: number } | undefined
  const say: Complaints['say'] = (kind, error) => {
    const { message } = error
    if (said?.kind === kind && said.message === message) return
    said = { kind, message }
    report({ kind, error })
  }
  return {
    say,
    unsound: (fault, serving) => {
      if (unsound?.message !== fault.message) unsound = { message: fault.message, sinceMs: now() }
      const lasts = now() - unsound.sinceMs >= settleMs
      const first = !serving && said === undefined
      if (lasts || first) say(serving ? 'refused' : 'unusable', fault)
    },
    sound: () => {
      unsound = undefined
    },
    clear: () => {
      said = undefined
      unsound = undefined
    },
    lastError: () => said?.message ?? null,
  }
}
