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

/** Names the steps, so that nobody has to look for them; the first failure is often the cause of the others. */
export function summaryOf(results: readonly Result[]): string {
  const failures = steps(results, 'failed')
  const warnings = steps(results, 'warning')
  const told = [failures === '' ? 'Nothing failed' : `Failed: ${failures}`]
  if (warnings !== '') told.push(`to look at: ${warnings}`)
  return `${told.join('; ')}.\n`
}

function steps(results: readonly Result[], wanted: Finding['outcome']): string {
  const found = results.filter(({ outcome }) => outcome === wanted)
  return [...new Set(found.map(({ step }) => step))].join(', ')
}

export function documentOf(results: readonly Result[]): string {
  const ok = results.every(({ outcome }) => outcome !== 'failed')
  return `${JSON.stringify({ ok, results }, null, 2)}\n`
}
