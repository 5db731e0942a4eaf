import type { Fault } from './fault.ts'
import { shown } from './fault.ts'
import type { Field, Fields, Values } from './field.ts'

/** Settings as somebody wrote them, in a file or as variables. */
export interface Section {
  /** By key. As a file would hold them, with absolute paths; what is not set is left out. */
  readonly given: Readonly<Record<string, unknown>>
  /** What whoever wrote it calls a setting. */
  readonly nameOf: (key: string) => string
}

export interface SoundPart<Of extends Fields> {
  /** What is sound, with defaults; the faulty rest is left out. */
  readonly values: Partial<Values<Of>>
  readonly faults: readonly Fault[]
}

/**
 * Each field is parsed for itself: zod gives no values once one is faulty, but the rules across settings need
 * the sound ones, so that every fault is told at once.
 */
export function parseSection<Of extends Fields>(fields: Of, { given, nameOf }: Section): SoundPart<Of> {
  const values: Record<string, unknown> = {}
  const faults: Fault[] = []
  for (const [key, field] of Object.entries(fields)) {
    const parsed = field.schema.safeParse(given[key])
    if (parsed.success) values[key] = parsed.data
    else faults.push(...parsed.error.issues.map((issue) => faultOf(issue, field, given[key], nameOf(key))))
  }
  return { values: values as Partial<Values<Of>>, faults }
}

interface Issue {
  readonly message: string
  readonly path: readonly PropertyKey[]
}

function faultOf(issue: Issue, { kind }: Field, value: unknown, key: string): Fault {
  if (value === undefined) return { key, problem: 'it is not set', remedy: kind.expects }
  const part = issue.path.length > 0 && Array.isArray(value) ? value[Number(issue.path[0])] : value
  const subject = kind.hidden === true ? 'the value' : shown(part)
  return { key, problem: `${subject} ${issue.message}`, remedy: kind.expects }
}

/** `''` and YAML's null count as not set, but for lists in a file: Compose and Helm pass `NAME=` for what nobody set. */
export function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ''
}
