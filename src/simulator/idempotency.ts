import { createHash } from 'node:crypto'
import { BankError } from './bank-error.ts'

export interface Idempotency<Answer> {
  /** The answer that this key got before, else what `make` gives. Without a key, always the latter. */
  answer(key: string | undefined, body: Buffer, make: () => Answer): Answer
}

/**
 * Repetition with the same body gets the first answer, and with another body 409: so much is known of
 * `Idempotency-Key`, and taken for granted of `idempotencyKey`. The latest `keep` keys are remembered.
 */
export function createIdempotency<Answer>(keep: number): Idempotency<Answer> {
  const known = new Map<string, { readonly body: string; readonly answer: Answer }>()
  return {
    answer(key, bytes, make) {
      if (key === undefined) return make()
      const body = createHash('sha256').update(bytes).digest('base64')
      const before = known.get(key)
      if (before === undefined) {
        const answer = make()
        known.set(key, { body, answer })
        for (const oldest of known.keys()) {
          if (known.size <= keep) break
          known.delete(oldest)
        }
        return answer
      }
      if (before.body === body) return before.answer
      throw new BankError(409, 'IdempotencyConflict', 'this key was used with another body')
    },
  }
}
