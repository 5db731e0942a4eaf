/** The middle of several runs, with the least and the most: a shared machine makes single runs worthless. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
  return { median: (at(0.5) + (sorted[sorted.length >> 1] ?? Number.NaN)) / 2, least: at(0), most: at(1) }
}

/** `12.3 (11.9–14.0)` */
export function spreadText({ median, least, most }: Spread, digits = 1): string {
  return `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`
}

export function times(value: number, base: number | undefined): string {
  return base === undefined || !(base > 0) ? '–' : `${(value / base).toFixed(2)} ×`
}

/** A Markdown table; the first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'))
  return [line(head), line(rule), ...rows.map(line)].join('\n')
}
