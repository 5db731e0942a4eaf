/**
 * A first look at a header's name, by its length and first letter: false for most names, at once, whatever
 * their case; true when the name may be one of `names`, or begin with one of `prefixes`.
 */
export function createSieve(names: Iterable<string>, prefixes: readonly string[]): (name: string) => boolean {
  const caught = new Uint8Array(lengths * 32)
  for (const name of names) caught[slot(name)] = 1
  for (const prefix of prefixes) {
    for (let length = prefix.length; length < lengths; length += 1) caught[slot(prefix.padEnd(length))] = 1
  }
  return (name) => caught[slot(name)] === 1
}

/** Names longer than any of ours share a slot. */
const lengths = 64

/** The low five bits of an ASCII letter are the same in both cases. */
function slot(name: string): number {
  return Math.min(name.length, lengths - 1) * 32 + (name.charCodeAt(0) & 31)
}

/** Takes out, in place, the headers that a Connection header names (RFC 9110 §7.6.1). */
export function dropNamed(headers: string[], connection: string): void {
  if (usual.test(connection)) return
  const named = new Set(connection.toLowerCase().split(/[\s,]+/))
  let kept = 0
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] as string
    if (named.has(name.toLowerCase())) continue
    headers[kept] = name
    headers[kept + 1] = headers[at + 1] as string
    kept += 2
  }
  headers.length = kept
}

const usual = /^(?:keep-alive|close)$/i
