import { dirname } from 'node:path'
import { environmentName } from './environment-name.ts'
import { type Fault, shown } from './fault.ts'
import { isMapping, sectionOf, unknownKeys } from './mapping.ts'
import { topFields } from './process-fields.ts'
import { environmentFields } from './schema.ts'
import { isSet, type Section } from './section.ts'

export interface FileSections {
  readonly top: Section
  readonly environments: readonly NamedSection[]
  readonly faults: readonly Fault[]
}

export interface NamedSection {
  /** undefined: it is faulty, which has been told. */
  readonly name: string | undefined
  readonly section: Section
}

/** The parts of a file, as somebody wrote them; relative paths are relative to the file. */
export function fileSections(value: unknown, path: string): FileSections {
  const directory = dirname(path)
  if (!isMapping(value)) {
    const faults = [
      isSet(value) ? notMapping(path, value) : { key: path, problem: 'it is empty', remedy: shape },
    ]
    return { top: sectionOf(topFields, {}, '', directory), environments: [], faults }
  }
  const { environments = {}, ...rest } = value
  const several = namedSections(environments, directory)
  return {
    top: sectionOf(topFields, rest, '', directory),
    environments: several.flatMap(({ named }) => named ?? []),
    faults: [
      ...unknownKeys(['environments', ...Object.keys(topFields)], rest, ''),
      ...several.flatMap(({ faults }) => faults),
    ],
  }
}

interface Read {
  readonly named?: NamedSection
  readonly faults: readonly Fault[]
}

function namedSections(environments: unknown, directory: string): Read[] {
  const key = 'environments'
  if (isSet(environments) && !isMapping(environments)) return [{ faults: [notMapping(key, environments)] }]
  const entries = Object.entries(isMapping(environments) ? environments : {})
  if (entries.length === 0) return [{ faults: [{ key, problem: 'it names no environment', remedy: shape }] }]
  return entries.map(([name, written]) => namedSection(name, written, directory))
}

function namedSection(name: string, written: unknown, directory: string): Read {
  const key = `environments.${name}`
  if (isSet(written) && !isMapping(written)) return { faults: [notMapping(key, written)] }
  const mapping = isMapping(written) ? written : {}
  const prefix = `${key}.`
  const named = environmentName.schema.safeParse(name)
  const nameFaults = named.success
    ? []
    : [{ key, problem: `${shown(name)} is not a plain name`, remedy: environmentName.expects }]
  return {
    named: { name: named.data, section: sectionOf(environmentFields, mapping, prefix, directory) },
    faults: [...nameFaults, ...unknownKeys(Object.keys(environmentFields), mapping, prefix)],
  }
}

const shape = 'environments, under it the name of each, under that its settings'

function notMapping(key: string, value: unknown): Fault {
  const what = Array.isArray(value) ? 'a list' : 'a single value'
  return { key, problem: `it is ${what}, not settings with names`, remedy: shape }
}
