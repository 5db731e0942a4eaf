import { isIPv6 } from 'node:net'

export type NoProxy = (host: string, port: number) => boolean

/**
 * NO_PROXY as undici's EnvHttpProxyAgent reads it: entries separated by commas or white space, each a name (its subdomains
 * included, with or without a leading `.` or `*.`), optionally with a port; `*` alone exempts every host.
 */
export function parseNoProxy(text: string): NoProxy {
  if (text.trim() === '*') return () => true
  const entries = text
    .split(/[,\s]/)
    .filter((entry) => entry !== '')
    .map(parseEntry)
  return (host, port) => entries.some((entry) => covers(entry, host.toLowerCase(), port))
}

interface Entry {
  readonly name: string
  readonly port: number | undefined
}

function parseEntry(entry: string): Entry {
  if (isIPv6(entry)) return { name: entry.toLowerCase(), port: undefined }
  const [, name = entry, port] = /^(.+):(\d+)$/.exec(entry) ?? []
  return {
    name: name.replace(/^\*?\.|^\[|\]$/g, '').toLowerCase(),
    port: port === undefined ? undefined : Number(port),
  }
}

function covers({ name, port: onlyPort }: Entry, host: string, port: number): boolean {
  if (onlyPort !== undefined && onlyPort !== port) return false
  return host === name || host.endsWith(`.${name}`)
}
