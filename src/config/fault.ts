/** One thing that is wrong with the configuration, in words for whoever wrote it. Never holds a secret's value. */
export interface Fault {
  /** The variable, the key path in the file, or the place in the file. */
  readonly key: string
  readonly problem: string
  /** What would be right. */
  readonly remedy: string
}

/** Every fault of a configuration; the message is what the operator reads. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError'
  /** Of the process: interface.md. */
  readonly exitStatus = 2
  readonly faults: readonly Fault[]

  /** `file` is the configuration file, if there is one. */
  constructor(faults: readonly Fault[], file?: string) {
    super(describe(faults, file))
    this.faults = faults
  }
}

function describe(faults: readonly Fault[], file: string | undefined): string {
  const what = faults.length === 1 ? 'a fault' : `${faults.length} faults`
  const where = file === undefined ? '' : ` (${printable(file)})`
  const blocks = faults.map(
    ({ key, problem, remedy }) => `${printable(key)}\n  wrong: ${problem}\n  right: ${remedy}\n`,
  )
  return [`The configuration${where} has ${what}:\n`, ...blocks].join('\n')
}

const longestShown = 80

/** What was given, short enough to print and without characters that move a terminal's cursor. */
export function shown(value: unknown): string {
  if (typeof value === 'string') {
    return `"${printable(value.length > longestShown ? `${value.slice(0, longestShown)}…` : value)}"`
  }
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (typeof value === 'object' && value !== null) return 'a mapping'
  return `${value as number | boolean | null}`
}

/** Control, format and line-separating characters, and halves of characters, as escapes. */
export function printable(text: string): string {
  return text.replace(
    /[\p{C}\u2028\u2029]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  )
}
