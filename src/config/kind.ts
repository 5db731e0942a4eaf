import * as z from 'zod/mini'

/** What values of a setting look like, whichever setting it is. */
export interface Kind<Schema extends z.ZodMiniType = z.ZodMiniType> {
  /** Of the value as a file holds it. Its messages are predicates: "is not a whole number". */
  readonly schema: Schema
  /** What would be right; follows "right: ". */
  readonly expects: string
  /** Turns a variable's text into what a file would hold. Left out: the text itself. */
  readonly fromVariable?: (text: string) => unknown
  /** What a key without a value is in a file. Left out: not set. */
  readonly emptyInFile?: unknown
  /** Makes what is relative absolute. */
  readonly locate?: (text: string, directory: string) => string
  /** Values may hold a secret, if only by mistake: no fault shows them. */
  readonly hidden?: boolean
  /** Values are secrets: they leave the environment once read. */
  readonly secret?: boolean
}

/** A value, or a predicate that says what is wrong with the text. */
export type Parsed<Value> = { readonly value: Value } | { readonly problem: string }

export function parsedText<Value>(parse: (text: string) => Parsed<Value>) {
  const parsing = z.transform<string, Value>((text, payload) => {
    const parsed = parse(text)
    if ('value' in parsed) return parsed.value
    payload.issues.push({ code: 'custom', message: parsed.problem, input: text })
    return z.NEVER
  })
  return z.pipe(z.string({ error: notText }), parsing)
}

/** YAML reads 0123, true and 1e5 as no text, and a password loses its zeros that way. */
export const notText = 'is not text (in a file, quotation marks make it text)'
