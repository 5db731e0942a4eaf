import { isIPv4 } from 'node:net'
import { resolve } from 'node:path'
import { canonicalHost, isLoopback, parseHostAndPort } from './host.ts'
import { type Kind, type Parsed, parsedText } from './kind.ts'

export type ListenAddress =
  /** Port 0: any free one. IPv6 addresses are without brackets. */
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

export const listenAddress = {
  schema: parsedText(parse),
  expects: 'host:port, such as 127.0.0.1:8080 or [::1]:8080, or unix:/path (at most 107 bytes)',
  locate: (text: string, directory: string) =>
    text.startsWith(unix) && text !== unix ? `${unix}${resolve(directory, text.slice(unix.length))}` : text,
} satisfies Kind

const unix = 'unix:'
// unix(7): sun_path has 108 bytes, the last of them NUL.
const longestPathBytes = 107

function parse(text: string): Parsed<ListenAddress> {
  if (text.startsWith(unix)) return parsePath(text.slice(unix.length))
  const parsed = parseHostAndPort(text)
  if ('problem' in parsed) return parsed
  const { host, port } = parsed.value
  return port === undefined ? { problem: 'has no port' } : { value: { kind: 'tcp', host, port } }
}

function parsePath(path: string): Parsed<ListenAddress> {
  if (path === '') return { problem: 'has no path' }
  if (path.includes('\0')) return { problem: 'has a NUL in it' }
  const length = Buffer.byteLength(path)
  if (length <= longestPathBytes) return { value: { kind: 'unix', path } }
  return { problem: `is too long: its path has ${length} bytes` }
}

/** The host by which other machines could connect, if they could. */
export function remoteHost(address: ListenAddress): string | undefined {
  return address.kind === 'tcp' && !isLoopback(address.host) ? address.host : undefined
}

/** Whether the second of two listeners would fail with "address in use". */
export function areSame(one: ListenAddress, other: ListenAddress): boolean {
  if (one.kind === 'unix' || other.kind === 'unix') {
    return one.kind === 'unix' && other.kind === 'unix' && one.path === other.path
  }
  if (one.port !== other.port || one.port === 0) return false
  return addressesOf(one.host).some((a) => addressesOf(other.host).some((b) => overlap(a, b)))
}

function addressesOf(host: string): readonly string[] {
  const canonical = canonicalHost(host)
  return canonical === 'localhost' ? ['127.0.0.1', '::1'] : [canonical]
}

/** `::` takes IPv4 connections as well, unless told otherwise, and Node.js does not tell otherwise. */
function overlap(one: string, other: string): boolean {
  return one === other || covers(one, other) || covers(other, one)
}

function covers(wildcard: string, address: string): boolean {
  return wildcard === '::' || (wildcard === '0.0.0.0' && isIPv4(address))
}
