import type { Fields } from './field.ts'
import { outboundFields, selectionFields, topFields } from './process-fields.ts'
import { environmentFields } from './schema.ts'

/** Where a setting may stand in a file. */
export type SettingScope = 'environment' | 'top level' | 'variable only'

/** A setting as documentation describes it. */
export interface Setting {
  readonly variable: string
  /** Another spelling of the variable, which wins. */
  readonly alias: string | undefined
  /** In a file; undefined when it is a variable only. */
  readonly key: string | undefined
  readonly scope: SettingScope
  readonly default: string | undefined
  readonly required: boolean
  readonly description: string
  /** What values look like. */
  readonly expects: string
  /** The variable leaves the environment once read. */
  readonly secret: boolean
}

/** Every setting there is, made from the schema. */
export const settings: readonly Setting[] = [
  ...describe(selectionFields, 'variable only'),
  ...describe(environmentFields, 'environment'),
  ...describe(topFields, 'top level'),
  ...describe(outboundFields, 'variable only'),
]

function describe(fields: Fields, scope: SettingScope): Setting[] {
  return Object.entries(fields).map(([key, field]) => ({
    variable: field.variable,
    alias: field.alias,
    key: scope === 'variable only' ? undefined : key,
    scope,
    default: field.defaultText,
    required: field.required,
    description: field.description,
    expects: field.kind.expects,
    secret: field.kind.secret === true,
  }))
}
