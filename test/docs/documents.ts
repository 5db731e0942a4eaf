import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root: string = fileURLToPath(new URL('../../', import.meta.url))

/** A page of the documentation. */
export interface Document {
  /** From the repository's root. */
  readonly path: string
  readonly text: string
}

export const documents: readonly Document[] = [
  ...readdirSync(root),
  ...['docs', 'config'].flatMap(filesBelow),
]
  .filter((path) => path.endsWith('.md'))
  .map((path) => ({ path, text: read(path) }))

export function document(path: string): string {
  const found = documents.find((one) => one.path === path)
  if (found === undefined) throw new Error(`there is no ${path}`)
  return found.text
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8')
}

/** What stands in code: blocks, and spans in the text. */
export function codeOf(text: string): {
  readonly blocks: readonly string[]
  readonly spans: readonly string[]
} {
  const block = /^ *```\w*\n(.*?)^ *```$/gms
  const blocks = [...text.matchAll(block)].map(([, code = '']) => code.replace(/\\\n\s*/g, ' '))
  const spans = [...text.replace(block, '').matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code)
  return { blocks, spans }
}

/** As GitHub makes them from headings. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
}

export interface Link {
  /** From the repository's root; undefined within the same page. */
  readonly path: string
  readonly anchor: string | undefined
}

/** Links to files of the repository. */
export function linksOf({ path, text }: Document): readonly Link[] {
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [file = '', anchor] = target.split('#')
      return { path: file === '' ? path : relative('', join(dirname(path), file)), anchor }
    })
}

/** The source, as one text: what exists is what stands there. */
export const source: string = filesBelow('src')
  .filter((path) => path.endsWith('.ts'))
  .map(read)
  .join('\n')

/** From the repository's root. */
function filesBelow(directory: string): string[] {
  return readdirSync(join(root, directory), { recursive: true }).map((path) => join(directory, String(path)))
}
