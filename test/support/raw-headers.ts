/** Header lines, as one reads them on the wire, in the flat form of Node.js's `rawHeaders`. */
export function rawHeaders(lines: string): string[] {
  return lines
    .trim()
    .split('\n')
    .flatMap((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    })
}
