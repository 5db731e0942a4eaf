import { apiAnswerFaults, apiDelayFaults, apiLossFaults } from './api-faults.ts'
import type { FaultKind, FaultValue } from './fault-kind.ts'
import { tokenAnswerFaults, tokenDelayFaults } from './token-answer-faults.ts'
import { tokenClaimFaults, tokenShapeFaults } from './token-shape-faults.ts'

/** One switch, as the command line gave it. */
export interface Fault {
  readonly name: string
  readonly value: string
  /** `first`: how many requests it meets, then none. `chance`: how likely it meets each one. */
  readonly when: { readonly kind: 'first'; readonly count: number } | { readonly kind: 'chance'; p: number }
}

/** A switch as `--help` shows it: `name` includes an example of its value. */
export interface FaultHelp {
  readonly name: string
  readonly does: string
}

const kinds: ReadonlyMap<string, FaultKind<unknown>> = new Map(
  Object.entries({
    ...tokenDelayFaults,
    ...tokenAnswerFaults,
    ...tokenShapeFaults,
    ...tokenClaimFaults,
    ...apiDelayFaults,
    ...apiAnswerFaults,
    ...apiLossFaults,
  } as Record<string, FaultKind<unknown>>),
)

/** Every switch, in the order in which `--help` shows them. */
export const faultTable: readonly FaultHelp[] = [...kinds].map(([name, { does, value }]) => ({
  name: shown(name, value),
  does,
}))

/** How to write them. */
export const faultSyntax =
  'NAME[=VALUE][:COUNT or :CHANCE], separated by commas: api-503:0.1,token-slow=1500,api-401:2'

/**
 * The switches of `--faults`. Of several for the same step the first that is due acts, so that a list of
 * counted ones is a script: `token-500:2,token-429:1`.
 *
 * @throws Error with a line for each switch that is wrong, saying what would be right
 */
export function parseFaults(text: string): readonly Fault[] {
  const parts = text.split(',').map((part) => part.trim())
  const parsed = parts.filter((part) => part !== '').map(parseFault)
  const problems = parsed.filter((one) => typeof one === 'string')
  if (problems.length > 0) throw new Error(problems.join('\n'))
  return parsed.filter((one) => typeof one !== 'string')
}

function parseFault(text: string): Fault | string {
  const [, name = '', value, when] = /^([^=:]*)(?:=([^:]*))?(?::(.*))?$/.exec(text) ?? []
  const kind = kinds.get(name)
  if (kind === undefined) return `unknown fault "${name}": choose among ${[...kinds.keys()].join(', ')}`
  const given = value ?? kind.value?.otherwise
  const problem = valueProblem(name, kind.value, given)
  if (problem !== undefined) return problem
  const timing = when === undefined ? always(name) : parseWhen(when)
  if (timing === undefined) {
    return `"${text}": after the colon comes a count (${name}:3) or a chance below 1 (${name}:0.1)`
  }
  return { name, value: given ?? '', when: timing }
}

function valueProblem(
  name: string,
  wanted: FaultValue | undefined,
  given: string | undefined,
): string | undefined {
  if (wanted === undefined) return given === undefined ? undefined : `${name} takes no value: write ${name}`
  if (given !== undefined && wanted.accepts.test(given)) return undefined
  return `${name} needs ${wanted.what}: write ${name}=${wanted.example}`
}

function always(name: string): Fault['when'] {
  return name === 'api-401-once' ? { kind: 'first', count: 1 } : { kind: 'chance', p: 1 }
}

function parseWhen(text: string): Fault['when'] | undefined {
  if (/^[1-9]\d{0,8}$/.test(text)) return { kind: 'first', count: Number(text) }
  const p = /^0?\.\d{1,9}$/.test(text) ? Number(text) : 0
  return p > 0 ? { kind: 'chance', p } : undefined
}

function shown(name: string, value: FaultValue | undefined): string {
  if (value === undefined) return name
  return value.otherwise === undefined ? `${name}=${value.example}` : `${name}[=${value.example}]`
}
