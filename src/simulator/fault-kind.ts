/** What a switch takes after `=`. */
export interface FaultValue {
  readonly what: string
  readonly example: string
  readonly accepts: RegExp
  /** None: it has to be given. */
  readonly otherwise?: string
}

/** One switch of `--faults`: its name is its key in a table, `act` is what the table's user makes of it. */
export interface FaultKind<Act> {
  readonly does: string
  readonly value?: FaultValue
  readonly act: Act
}

export type FaultTable<Act> = Readonly<Record<string, FaultKind<Act>>>

export const milliseconds: FaultValue = {
  what: 'a number of milliseconds',
  example: '1500',
  accepts: /^\d{1,9}$/,
}

export const seconds: FaultValue = { what: 'a number of seconds', example: '7', accepts: /^\d{1,9}$/ }
