import type { Fault } from './fault.ts'
import type { Field, Fields } from './field.ts'
import { isSet, type Section } from './section.ts'
import { settings } from './settings.ts'
import { nearest } from './suggestion.ts'

export type Variables = Record<string, string | undefined>

/** What variables say, in the words of a file. */
export function sectionFrom(fields: Fields, env: Variables, directory: string): Section {
  const given: Record<string, unknown> = {}
  for (const [key, field] of Object.entries(fields)) {
    const text = env[nameIn(env, field)]
    if (text !== undefined && isSet(text)) given[key] = read(field, text, directory)
  }
  return { given, nameOf: (key) => nameIn(env, fields[key] as Field) }
}

function nameIn(env: Variables, { variable, alias }: Field): string {
  return alias !== undefined && isSet(env[alias]) ? alias : variable
}

function read({ kind }: Field, text: string, directory: string): unknown {
  const located = kind.locate?.(text, directory) ?? text
  return kind.fromVariable?.(located) ?? located
}

/** The variables of `fields` that are set. */
export function setVariables(fields: Fields, env: Variables): string[] {
  return Object.values(fields)
    .map(({ variable }) => variable)
    .filter((variable) => isSet(env[variable]))
}

/** A typo must not pass, or the setting that was meant keeps its default: also when the value is empty. */
export function unknownVariables(env: Variables): Fault[] {
  return Object.entries(env)
    .filter(([name, value]) => value !== undefined && !isKnown(name, value))
    .map(([name]) => {
      const meant = nearest(name, known)
      const remedy = meant ?? 'a setting that bc-sidecar has, or no such variable'
      return { key: name, problem: 'there is no such setting', remedy }
    })
}

const known: readonly string[] = settings.map(({ variable }) => variable)

function isKnown(name: string, value: string): boolean {
  return !name.startsWith('BC_') || known.includes(name) || isFromKubernetes(name, value)
}

/**
 * The variables of a Service in the namespace (kubernetes.io, "Discovering services"). `…_PORT` holds a URL there:
 * somebody who meant a port of ours wrote a number.
 */
function isFromKubernetes(name: string, value: string): boolean {
  if (/_SERVICE_HOST$|_SERVICE_PORT(_[A-Z0-9_]+)?$/.test(name)) return true
  if (/_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true
  return name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value)
}

/** Whatever reads the environment later (a report, a child, a debugger) finds no secret there. */
export function removeSecrets(env: Variables): void {
  for (const { variable, alias = variable } of settings.filter(({ secret }) => secret)) {
    delete env[variable]
    delete env[alias]
  }
}
