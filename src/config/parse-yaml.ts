import type { ErrorCode } from 'yaml'
import type { Fault } from './fault.ts'

export interface ParsedYaml {
  readonly value: unknown
  readonly faults: readonly Fault[]
}

const mostErrors = 10

/**
 * The parser's own messages quote the text, which holds passwords: what is told is its error codes, in our words,
 * with line and column. The parser is loaded here, because most sidecars need none.
 */
export async function parseYaml(text: string, path: string): Promise<ParsedYaml> {
  const { LineCounter, parseDocument } = await import('yaml')
  const lineCounter = new LineCounter()
  const options = { lineCounter, prettyErrors: false, stringKeys: true, logLevel: 'error' } as const
  const document = parseDocument(text, options)
  // One wrong character is often several errors in one place.
  const faults = new Map<string, Fault>()
  for (const { code, pos } of [...document.errors, ...document.warnings].slice(0, mostErrors)) {
    const { line, col } = lineCounter.linePos(pos[0])
    const [problem, remedy] = sentences.get(code) ?? ['this is not valid YAML', plain]
    const key = `${path}:${line}:${col}`
    if (!faults.has(key)) faults.set(key, { key, problem, remedy })
  }
  if (faults.size > 0) return { value: undefined, faults: [...faults.values()] }
  try {
    return { value: document.toJS(), faults: [] }
  } catch {
    // Aliases are resolved last; how many they may become is bounded by the parser.
    return {
      value: undefined,
      faults: [{ key: path, problem: 'an alias (*name) leads nowhere, or too far', remedy: aliases }],
    }
  }
}

const aliases =
  'anchors (&name) before their aliases, and few; quotation marks around text that begins with *'
const plain =
  "key: value, one a line, indented by spaces; 'quotation marks' around text with special characters"

const sentences: ReadonlyMap<ErrorCode, readonly [problem: string, remedy: string]> = new Map([
  ['DUPLICATE_KEY', ['this key is there a second time', 'each key once']],
  ['MULTIPLE_DOCS', ['a second document begins here', 'one document in the file']],
  ['TAB_AS_INDENT', ['a tab indents this line', 'spaces']],
  ['BAD_INDENT', ['this line is indented wrongly', 'the same number of spaces as its neighbours']],
  ['MISSING_CHAR', ['a quotation mark, bracket or comma is missing', plain]],
  ['RESOURCE_EXHAUSTION', ['this is nested too deeply', 'environments, their settings, and lists']],
  ['NON_STRING_KEY', ['a list or a mapping is no key', plain]],
  ['TAG_RESOLVE_FAILED', ['this begins with !, which makes it a tag', 'quotation marks around the text']],
  ['BLOCK_AS_IMPLICIT_KEY', ['a second colon makes this a mapping in a mapping', plain]],
])
