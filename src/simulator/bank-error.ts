export interface ErrorEntry {
  readonly errorCode: string
  readonly errorText: string
}

/**
 * An answer in the shape in which clients in public parse the bank's errors: an array of code and text.
 * The bank's codes are not published; these are the simulator's own.
 */
export class BankError extends Error {
  override readonly name = 'BankError'
  readonly status: number
  readonly entries: readonly ErrorEntry[]

  constructor(status: number, errorCode: string, ...texts: readonly [string, ...string[]]) {
    super(texts.join('; '))
    this.status = status
    this.entries = texts.map((errorText) => ({ errorCode, errorText }))
  }
}
