/**
 * Whether node_modules is what package-lock.json asks for. npm keeps its own account of what it installed
 * (node_modules/.package-lock.json); comparing the two costs milliseconds and needs no network.
 *
 * @param {{ packages?: Record<string, Entry> }} lock package-lock.json
 * @param {{ packages?: Record<string, Entry> }} installed node_modules/.package-lock.json
 * @typedef {{ version?: string, integrity?: string, optional?: boolean }} Entry
 * @returns {string | undefined} the first difference, as the end of a sentence; undefined when there is none
 */
export function difference(lock, installed) {
  const wanted = lock.packages ?? {}
  const found = installed.packages ?? {}
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue
    const got = found[path]
    // Optional packages are those of other operating systems and processors too.
    if (got === undefined && entry.optional !== true) return `${name(path)} is missing`
    if (got !== undefined && !same(entry, got)) return `${name(path)} is not the version of package-lock.json`
  }
  const extra = Object.keys(found).find((path) => wanted[path] === undefined)
  return extra === undefined ? undefined : `${name(extra)} is no longer in package-lock.json`
}

function same(entry, got) {
  return entry.version === got.version && entry.integrity === got.integrity
}

function name(path) {
  return path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
}
