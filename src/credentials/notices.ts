import type { SidecarError } from '../errors.ts'
import type { CredentialEvent } from './credential-event.ts'

export interface Notices {
  /** Reports an error once, until another one or clear(). */
  say(kind: 'refused' | 'deferred' | 'unusable', error: SidecarError): void
  /** The error that was said last and still holds. */
  lastError(): string | null
  clear(): void
}

export function createNotices(report: (event: CredentialEvent) => void): Notices {
  let last: { kind: string; message: string } | undefined
  return {
    say: (kind, error) => {
      const { message } = error
      if (last?.kind === kind && last.message === message) return
      last = { kind, message }
      report({ kind, error })
    },
    lastError: () => last?.message ?? null,
    clear: () => {
      last = undefined
    },
  }
}
