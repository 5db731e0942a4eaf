/** A DER writer, as small as the PFX files of the tests need: independent of the reader that it tests. */
export function der(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  return Buffer.concat([Buffer.from([tag]), lengthOf(content.length), content])
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => der(0x30, ...contents)
export const octets = (content: Uint8Array): Buffer => der(0x04, content)
export const nothing = (): Buffer => der(0x05)
/** [n] EXPLICIT */
export const tagged = (number: number, content: Uint8Array): Buffer => der(0xa0 + number, content)

export function integer(value: number): Buffer {
  const digits = value.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return der(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f]
  for (let rest = Math.floor(value / 128); rest > 0; rest = Math.floor(rest / 128)) {
    bytes.unshift((rest & 0x7f) | 0x80)
  }
  return bytes
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.from([length])
  const digits = length.toString(16)
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')
  return Buffer.concat([Buffer.from([0x80 + bytes.length]), bytes])
}

/** DER written anew with indefinite lengths, and OCTET STRINGs ([0] IMPLICIT ones too) in pieces. */
export function indefinite(bytes: Buffer): Buffer {
  const rewritten = elementsOf(bytes).map(({ tag, content }) => {
    if ((tag & 0x20) !== 0) return endless(tag, indefinite(content))
    if (tag !== 0x04 && tag !== 0x80) return der(tag, content)
    const half = Math.ceil(content.length / 2)
    return endless(tag | 0x20, octets(content.subarray(0, half)), octets(content.subarray(half)))
  })
  return Buffer.concat(rewritten)
}

function endless(tag: number, ...contents: readonly Buffer[]): Buffer {
  return Buffer.concat([Buffer.from([tag, 0x80]), ...contents, Buffer.from([0, 0])])
}

function elementsOf(bytes: Buffer): Array<{ tag: number; content: Buffer }> {
  const elements: Array<{ tag: number; content: Buffer }> = []
  for (let at = 0; at < bytes.length; ) {
    const first = bytes[at + 1] ?? 0
    const more = first > 0x80 ? first & 0x7f : 0
    const start = at + 2 + more
    const end = start + (more === 0 ? first : bytes.readUIntBE(at + 2, more))
    elements.push({ tag: bytes[at] ?? 0, content: bytes.subarray(start, end) })
    at = end
  }
  return elements
}
