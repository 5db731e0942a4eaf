import type { CredentialEvent } from './credential-event.ts'
import type { CredentialSet } from './credential-set.ts'

const thresholds = [1, 3, 7, 14, 30] as const

/** Whole days until a certificate expires, negative afterwards. */
export function daysLeft({ notAfter }: Pick<CredentialSet, 'notAfter'>, nowMs: number): number {
  return Math.floor((notAfter.getTime() - nowMs) / 86_400_000)
}

/** Reports each threshold of a certificate once; of several passed at once, only the nearest. */
export function createExpiryWarnings(
  report: (event: CredentialEvent) => void,
): (set: CredentialSet, nowMs: number) => void {
  let warned = { thumbprint: '', thresholdDays: Number.POSITIVE_INFINITY }
  return (set, nowMs) => {
    const { thumbprint } = set
    const left = daysLeft(set, nowMs)
    const thresholdDays = thresholds.find((days) => left < days)
    if (warned.thumbprint !== thumbprint) warned = { thumbprint, thresholdDays: Number.POSITIVE_INFINITY }
    if (thresholdDays === undefined || left < 0 || thresholdDays >= warned.thresholdDays) return
    warned = { thumbprint, thresholdDays }
    report({ kind: 'expiring', set, thresholdDays, daysLeft: left })
  }
}
