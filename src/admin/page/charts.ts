import { type Html, html } from './html.ts'

const height = 56
const slot = 6
const gap = 1.5

export interface BarsOptions {
  readonly label: string
  readonly values: readonly number[]
  /** The part of each value that failed. */
  readonly failed: readonly number[]
}

/** One bar for each piece of time; what failed of it stands in front of it, in another colour and shape. */
export function barChart({ label, values, failed }: BarsOptions): Html {
  const top = Math.max(...values, 1 / height)
  const bars = (heights: readonly number[], inset: number): string =>
    heights.map((value, index) => bar(index, (value / top) * height, inset)).join('')
  return picture(
    label,
    values.length,
    html`<path class="bars" d="${bars(values, 0)}"/><path class="failed" d="${bars(failed, 0.75)}"/>`,
  )
}

function bar(index: number, size: number, inset: number): string {
  if (size === 0) return ''
  const length = Math.max(size, 1.5)
  const width = slot - gap - 2 * inset
  return `M${index * slot + inset} ${height}v${short(-length)}h${width}v${short(length)}z`
}

export interface LinesOptions {
  readonly label: string
  readonly p50: readonly (number | null)[]
  readonly p99: readonly (number | null)[]
}

/** Two lines over time, broken off where nothing was measured. */
export function lineChart({ label, p50, p99 }: LinesOptions): Html {
  const top = Math.max(1, ...p50.map(Number), ...p99.map(Number)) * 1.05
  const line = (values: readonly (number | null)[]): string =>
    values.map((value, index) => linePoint(values, index, value, top)).join('')
  return picture(
    label,
    p50.length,
    html`<path class="p99" d="${line(p99)}"/><path class="p50" d="${line(p50)}"/>`,
  )
}

/** A point without neighbours is a line of no length, which its round cap makes a dot. */
function linePoint(
  values: readonly (number | null)[],
  index: number,
  value: number | null,
  top: number,
): string {
  if (value === null) return ''
  const begins = (values[index - 1] ?? null) === null
  const at = `${index * slot + (slot - gap) / 2} ${short(height - (value / top) * height)}`
  return begins ? `M${at}h0` : `L${at}`
}

function picture(label: string, count: number, content: Html): Html {
  const box = `0 -2 ${count * slot} ${height + 4}`
  return html`<svg class="chart" role="img" aria-label="${label}" viewBox="${box}" preserveAspectRatio="none"><path class="grid" d="M0 0H${count * slot}M0 ${height / 2}H${count * slot}M0 ${height}H${count * slot}"/>${content}</svg>`
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100)
}
