import { BankError } from './bank-error.ts'

export interface Element {
  /** Without its namespace prefix. */
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  readonly children: readonly Element[]
  readonly text: string
}

interface Open extends Element {
  readonly tag: string
  readonly children: Element[]
  text: string
}

const deepest = 64

// Sticky, so that nonsense is refused where it begins, in time linear in its length.

const markup = /<!--.*?-->|<!\[CDATA\[(.*?)\]\]>|<\?.*?\?>|<([^<>]*)>/sy
const attribute = /\s+([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/gy

/**
 * As much of XML as pain.001 needs: elements, attributes, text, the five entities and CDATA. Namespaces are
 * not told apart; a document type (and so entities of its own) and `>` in an attribute are refused.
 *
 * @throws BankError 400 when the text is no such XML
 */
export function parseXml(text: string): Element {
  const root = open('', '')
  const path: Open[] = [root]
  let at = 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const end = next < 0 ? text.length : next
    innermost(path).text += unescaped(text.slice(at, end))
    at = next < 0 ? end : readMarkup(text, next, path)
  }
  const [only, ...more] = root.children
  if (path.length > 1 || only === undefined || more.length > 0 || root.text.trim() !== '') throw refusal()
  return only
}

/** The first descendant along a path of names. */
export function descend(element: Element | undefined, ...names: readonly string[]): Element | undefined {
  return names.reduce((at, name) => at?.children.find((child) => child.name === name), element)
}

/** Returns where the markup ends. */
function readMarkup(text: string, at: number, path: Open[]): number {
  markup.lastIndex = at
  const [whole, data, tag] = markup.exec(text) ?? []
  if (whole === undefined) throw refusal()
  if (data !== undefined) innermost(path).text += data
  if (tag !== undefined) readTag(tag, path)
  return at + whole.length
}

function readTag(tag: string, path: Open[]): void {
  if (tag.startsWith('/')) {
    if (path.length < 2 || path.pop()?.tag !== tag.slice(1).trimEnd()) throw refusal()
    return
  }
  const [name] = /^[\w:][\w.:-]*/.exec(tag) ?? []
  if (name === undefined || path.length > deepest) throw refusal()
  const closed = tag.endsWith('/')
  const element = open(name, tag.slice(name.length, closed ? -1 : undefined))
  innermost(path).children.push(element)
  if (!closed) path.push(element)
}

function open(tag: string, rest: string): Open {
  const found = [...rest.matchAll(attribute)]
  const length = found.reduce((sum, [whole]) => sum + whole.length, 0)
  if (rest.slice(length).trim() !== '') throw refusal()
  const pairs = found.map(
    ([, name = '', double, single = '']) => [name, unescaped(double ?? single)] as const,
  )
  return { tag, name: tag.replace(/^.*:/, ''), attributes: new Map(pairs), children: [], text: '' }
}

function innermost(path: readonly Open[]): Open {
  return path.at(-1) as Open
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function unescaped(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name] as string)
}

function refusal(): BankError {
  return new BankError(400, 'InvalidRequest', 'the body is not well-formed XML')
}
