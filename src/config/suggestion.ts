/** The known name that was probably meant, if one is near enough. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const plain = simplify(name)
  const ranked = known
    .map((candidate) => ({ candidate, distance: distanceOf(plain, simplify(candidate)) }))
    .filter(({ distance }) => distance <= 0.4)
    .sort((a, b) => a.distance - b.distance)
  return ranked[0]?.candidate
}

/** `BC_BASE_URL`, `baseUrl` and `base-url` are one name in three spellings. */
function simplify(name: string): string {
  return name.replace(/^BC_/i, '').replace(/[_-]/g, '').toLowerCase()
}

/** 0 to 1. A name that is the beginning or the end of another is near to it. */
function distanceOf(one: string, other: string): number {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  if (short.length >= 4 && (long.startsWith(short) || long.endsWith(short))) {
    return 0.4 * (1 - short.length / long.length)
  }
  return edits(one, other) / Math.max(long.length, 1)
}

/** Levenshtein's distance, one row at a time. */
function edits(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, letter] of one.split('').entries()) {
    const next = [i + 1]
    for (const [j, match] of other.split('').entries()) {
      const replaced = (row[j] as number) + (letter === match ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] as number) + 1, (next[j] as number) + 1))
    }
    row = next
  }
  return row.at(-1) as number
}
