import { type ProblemCode, SidecarError, type SidecarErrorOptions } from '../../src/errors.ts'

/** A `prove` whose answers the test gives, one by one, as it likes. */
export interface BankAnswers {
  readonly prove: (session: string, attempt: { readonly again: boolean }) => Promise<void>
  /** The sessions that the bank was asked about. */
  readonly asked: string[]
  /** For each of them, whether the bank was asked about that set before. */
  readonly again: boolean[]
  accept(): Promise<void>
  reject(code: ProblemCode, options?: SidecarErrorOptions): Promise<void>
  rejectWith(error: unknown): Promise<void>
}

export function bankAnswers(): BankAnswers {
  const asked: string[] = []
  const repeated: boolean[] = []
  const waiting: Array<{ resolve: () => void; reject: (error: unknown) => void }> = []
  const answer = async (give: (request: (typeof waiting)[number] | undefined) => void): Promise<void> => {
    give(waiting.shift())
    await new Promise(setImmediate)
  }
  return {
    asked,
    again: repeated,
    prove: (session, { again }) => {
      asked.push(session)
      repeated.push(again)
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }))
    },
    accept: () => answer((request) => request?.resolve()),
    reject: (code, options) => answer((request) => request?.reject(new SidecarError(code, code, options))),
    rejectWith: (error) => answer((request) => request?.reject(error)),
  }
}
