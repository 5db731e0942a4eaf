import { printable } from '../../config/fault.ts'
import type { Finding, Result } from './finding.ts'

const colours: Readonly<Record<Finding['outcome'], number>> = { ok: 32, warning: 33, failed: 31, skipped: 90 }

/** One line for a person. Certificates carry names that others chose: no control character of theirs is printed. */
export function lineOf(result: Result, coloured: boolean): string {
  const { environment, step, outcome, found, cause, cure } = result
  const mark = outcome.padEnd(7)
  const shownMark = coloured ? `\u001b[${colours[outcome]}m${mark}\u001b[39m` : mark
  const advice = cause === undefined ? '' : `. Likely cause: ${cause}. Cure: ${cure}`
  return `${shownMark}  ${environment}  ${printable(`${step}: ${found}${advice}`)}\n`
}

export function summaryOf(results: readonly Result[]): string {
  const count = (wanted: Finding['outcome']): number =>
    results.filter(({ outcome }) => outcome === wanted).length
  const warnings = count('warning')
  const also = warnings === 0 ? '' : `, ${warnings} to look at`
  const failures = count('failed')
  return `${failures === 0 ? 'Nothing failed' : `${failures} failed`}${also}.\n`
}

export function documentOf(results: readonly Result[]): string {
  const ok = results.every(({ outcome }) => outcome !== 'failed')
  return `${JSON.stringify({ ok, results }, null, 2)}\n`
}
