import * as z from 'zod/mini'
import type { Kind } from './kind.ts'

export interface FieldText {
  readonly variable: string
  /** Another spelling, which wins as in curl and undici. */
  readonly alias?: string
  /** One line for people. */
  readonly description: string
  /** For people, when the default depends on something. */
  readonly defaultText?: string
}

/** One setting: what its values look like, what it is called, what it is for. */
export interface Field<Schema extends z.ZodMiniType = z.ZodMiniType> extends FieldText {
  readonly kind: Kind
  /** The kind's, with the default or the absence of a value. */
  readonly schema: Schema
  readonly required: boolean
}

/** Settings by the key that they have in a file. */
export type Fields = Readonly<Record<string, Field>>

export type Values<Of extends Fields> = { readonly [Key in keyof Of]: z.output<Of[Key]['schema']> }

export function required<Schema extends z.ZodMiniType>(kind: Kind<Schema>, text: FieldText): Field<Schema> {
  return { ...text, kind, schema: kind.schema, required: true }
}

export function optional<Schema extends z.ZodMiniType>(kind: Kind<Schema>, text: FieldText) {
  return { ...text, kind, schema: z.optional(kind.schema), required: false }
}

/** The default is what a file would hold, and is read like it. */
export function withDefault<Schema extends z.ZodMiniType>(
  kind: Kind<Schema>,
  value: z.input<Schema>,
  text: FieldText,
) {
  const schema = z.prefault(kind.schema, value as z.core.util.NoUndefined<z.input<Schema>>)
  return { ...text, defaultText: String(value), kind, schema, required: false }
}
