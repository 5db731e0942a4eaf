/** One element of ASN.1's Basic Encoding Rules (X.690). Reading it throws a SyntaxError when it is malformed. */
export interface BerElement {
  readonly tag: number
  readonly content: Buffer
  /** The element with its tag and length, as it stands in the file. */
  readonly raw: Buffer
}

/** Deeper than any PFX or certificate goes: keeps hostile input from exhausting the stack. */
const deepest = 32

/** The first element of `bytes`. Indefinite lengths are read too: Firefox, macOS and Bouncy Castle write them. */
export function readBer(bytes: Buffer): BerElement {
  return elementAt(bytes, 0, 0)
}

/** The elements inside a constructed one. */
export function partsOf(element: BerElement): readonly BerElement[] {
  const parts: BerElement[] = []
  for (let at = 0; at < element.content.length; ) {
    const part = elementAt(element.content, at, 0)
    parts.push(part)
    at += part.raw.length
  }
  return parts
}

export function partOf(element: BerElement, ...indices: readonly number[]): BerElement {
  return indices.reduce((parent, index) => {
    const part = partsOf(parent)[index]
    if (part === undefined) throw new SyntaxError('an element is missing')
    return part
  }, element)
}

/** An OCTET STRING, which BER may cut into pieces. */
export function octetsOf(element: BerElement): Buffer {
  return (element.tag & 0x20) === 0 ? element.content : Buffer.concat(partsOf(element).map(octetsOf))
}

/** A small number, which counts and versions are. */
export function integerOf({ tag, content }: BerElement): number {
  if (tag !== 0x02 || content.length === 0 || content.length > 6) throw new SyntaxError('no small integer')
  return content.readIntBE(0, content.length)
}

/** An OBJECT IDENTIFIER, dotted. */
export function oidOf({ tag, content }: BerElement): string {
  if (tag !== 0x06) throw new SyntaxError('no object identifier')
  const arcs: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if ((byte & 0x80) !== 0) continue
    // The first two arcs share a number.
    const top = Math.min(Math.floor(value / 40), 2)
    arcs.push(...(arcs.length === 0 ? [top, value - top * 40] : [value]))
    value = 0
  }
  return arcs.join('.')
}

function elementAt(bytes: Buffer, at: number, depth: number): BerElement {
  const tag = byteAt(bytes, at)
  if ((tag & 0x1f) === 0x1f || depth > deepest) throw new SyntaxError('no element of a PFX file')
  const length = byteAt(bytes, at + 1)
  if (length === 0x80) return indefiniteAt(bytes, at, depth)
  const more = length < 0x80 ? 0 : length & 0x7f
  if (more > 4) throw new SyntaxError('too long')
  const start = at + 2 + more
  if (start > bytes.length) throw new SyntaxError('ends early')
  const end = start + (more === 0 ? length : bytes.readUIntBE(at + 2, more))
  if (end > bytes.length) throw new SyntaxError('ends early')
  return { tag, content: bytes.subarray(start, end), raw: bytes.subarray(at, end) }
}

/** Ends with two zero bytes that are an element of their own. */
function indefiniteAt(bytes: Buffer, at: number, depth: number): BerElement {
  const start = at + 2
  let end = start
  while (byteAt(bytes, end) !== 0) end += elementAt(bytes, end, depth + 1).raw.length
  if (byteAt(bytes, end + 1) !== 0) throw new SyntaxError('no end of contents')
  return { tag: byteAt(bytes, at), content: bytes.subarray(start, end), raw: bytes.subarray(at, end + 2) }
}

function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at]
  if (byte === undefined) throw new SyntaxError('ends early')
  return byte
}
