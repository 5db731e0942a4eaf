import { unusable } from './unusable.ts'

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY`, … */
  readonly label: string
  /** What stands between the first and the last line. */
  readonly lines: readonly string[]
}

const marker = /^-----(BEGIN|END) ([A-Z0-9 ]+)-----$/

/**
 * The blocks of a PEM file (RFC 7468), in order; text around them is left out. `name` names the file in messages.
 * Throws certificate_unusable for a block that has no end, and for an end that has no block.
 */
export function readPem(name: string, text: string): readonly PemBlock[] {
  const lines = text.split('\n').map((line) => line.trim())
  const blocks: PemBlock[] = []
  let open: { label: string; start: number } | undefined
  for (const [index, line] of lines.entries()) {
    const [, kind, label] = marker.exec(line) ?? []
    if (label === undefined) continue
    const expected = open === undefined ? kind === 'BEGIN' : kind === 'END' && label === open.label
    if (!expected) throw halfWritten(name)
    if (open !== undefined) blocks.push({ label, lines: lines.slice(open.start, index) })
    open = open === undefined ? { label, start: index + 1 } : undefined
  }
  if (open !== undefined || lines.slice(-1).some(isCutMarker)) throw halfWritten(name)
  return blocks
}

export function textOf({ label, lines }: PemBlock): string {
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n')
}

/** The bytes of a block, RFC 1421's headers aside. */
export function bytesOf({ lines }: PemBlock): Buffer {
  return Buffer.from(lines.filter((line) => !line.includes(':')).join(''), 'base64')
}

function isCutMarker(line: string): boolean {
  return line.startsWith('-') && !marker.test(line)
}

function halfWritten(name: string): Error {
  return unusable(`the ${name} is half written: a PEM block lacks its BEGIN or END line`, 'copy it again')
}
