import { resolve } from 'node:path'
import * as z from 'zod/mini'
import { Secret } from '../secret.ts'
import { type Kind, notText, parsedText } from './kind.ts'

const dayMs = 86_400_000

export function wholeNumber({ min, max, unit = '' }: { min: number; max: number; unit?: string }) {
  return {
    // Not zod's `int`, to which what JavaScript does not count exactly is no whole number.
    schema: z
      .custom<number>(Number.isInteger, { error: 'is not a whole number', abort: true })
      .check(z.gte(min, { error: 'is too small' }), z.lte(max, { error: 'is too large' })),
    expects: `a whole number${unit && ` of ${unit}`} from ${min} to ${max}, in digits only`,
    fromVariable: numberFrom,
  } satisfies Kind
}

export function milliseconds({ min }: { min: number }) {
  return wholeNumber({ min, max: dayMs, unit: 'milliseconds' })
}

export function bytes({ min, max }: { min: number; max: number }) {
  return wholeNumber({ min, max, unit: 'bytes' })
}

function numberFrom(text: string): unknown {
  return /^\d+$/.test(text) ? Number(text) : text
}

export const flag = {
  schema: z.boolean({ error: 'is neither true nor false' }),
  expects: 'true or false',
  fromVariable: (text: string): unknown => (text === 'true' ? true : text === 'false' ? false : text),
} satisfies Kind

export function choice<const Options extends readonly string[]>(options: Options) {
  return {
    schema: z.enum(options, { error: 'is none of the choices' }),
    expects: `one of ${options.join(', ')}`,
  } satisfies Kind
}

export const startMoment = {
  schema: z.union([z.enum(['now', 'never']), milliseconds({ min: 0 }).schema], {
    error: 'is no moment to start at',
  }),
  expects: `now, never, or a whole number of milliseconds from 0 to ${dayMs}`,
  fromVariable: numberFrom,
} satisfies Kind

/** A file that is read elsewhere: a missing one is no fault here, it may be mounted later. */
export const path = {
  schema: parsedText((text) => (text.includes('\0') ? { problem: 'has a NUL in it' } : { value: text })),
  expects: 'the path of a file',
  locate: (text: string, directory: string) => resolve(directory, text),
} satisfies Kind

export const secretText = {
  schema: z.pipe(
    z.string({ error: notText }),
    z.transform((text: string) => new Secret(text)),
  ),
  expects: 'text, or better the …_FILE form, with the path of a file that holds it',
  hidden: true,
  secret: true,
} satisfies Kind

export const plainText = { schema: z.string({ error: notText }), expects: 'text' } satisfies Kind

/** A list in a file; between commas in a variable, where a comma at the end or a doubled one does no harm. */
export function list<Item extends z.ZodMiniType>(item: Kind<Item>, { atLeast = 0 } = {}) {
  return {
    schema: z
      .array(item.schema, { error: 'is not a list' })
      .check(z.minLength(atLeast, { error: 'names nothing' })),
    expects: `${item.expects}; several: commas between them in a variable, a list in a file`,
    fromVariable: (text: string): unknown =>
      text
        .split(',')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== ''),
    // Whoever comments out the last rule under `allow:` does not mean to allow everything.
    emptyInFile: [],
  } satisfies Kind
}
