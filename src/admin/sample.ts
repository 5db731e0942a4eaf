/** One line of the exposition. */
export interface Sample {
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
  /** When it is not the family's own: `…_bucket`, `…_sum`, `…_count`. */
  readonly metricName?: string
}

/** One metric by its name, with what it says at the moment of a scrape. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: () => readonly Sample[]
}
