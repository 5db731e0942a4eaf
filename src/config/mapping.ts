import type { Fault } from './fault.ts'
import type { Field, Fields } from './field.ts'
import { topFields } from './process-fields.ts'
import { environmentFields } from './schema.ts'
import { isSet, type Section } from './section.ts'
import { nearest } from './suggestion.ts'

export type Mapping = Readonly<Record<string, unknown>>

/** Whether a file's value has keys. Tags of YAML 1.1 make sets, dates and bytes, which have none. */
export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype
}

/** A part of the file: `prefix` is its place, `directory` what relative paths are relative to. */
export function sectionOf(fields: Fields, mapping: Mapping, prefix: string, directory: string): Section {
  const given: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const value = read(field, mapping[key], directory)
    if (value !== undefined) given[key] = value
  }
  return { given, nameOf: (key) => `${prefix}${key}` }
}

/** undefined: not set. */
function read({ kind }: Field, written: unknown, directory: string): unknown {
  if (written === undefined) return undefined
  if (!isSet(written)) return kind.emptyInFile
  return typeof written === 'string' ? (kind.locate?.(written, directory) ?? written) : written
}

export function unknownKeys(known: readonly string[], mapping: Mapping, prefix: string): Fault[] {
  return Object.keys(mapping)
    .filter((key) => !known.includes(key))
    .map((key) => ({
      key: `${prefix}${key === '' ? '""' : key}`,
      problem: 'there is no such setting here',
      remedy: placeElsewhere(key) ?? meantBy(known, key, prefix),
    }))
}

function placeElsewhere(key: string): string | undefined {
  if (Object.hasOwn(topFields, key)) return `${key} at the top level of the file`
  return Object.hasOwn(environmentFields, key) ? `environments.<name>.${key}` : undefined
}

function meantBy(known: readonly string[], key: string, prefix: string): string {
  const meant = nearest(key, known)
  return meant === undefined ? `one of ${known.join(', ')}` : `${prefix}${meant}`
}
