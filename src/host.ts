import { isIPv4, isIPv6 } from 'node:net'

/** A name that `Host` may be: on any port, or on that one alone. */
export interface AllowedHost {
  readonly name: string
  readonly port?: number
}

export type HostVerdict = 'ok' | 'missing' | 'repeated' | 'not_allowed'

/** Where a connection came in; no address on a unix socket. A `Socket` is one: looked up only when it decides. */
export interface LocalEnd {
  readonly localAddress?: string | undefined
  readonly localPort?: number | undefined
}

/** Takes every `Host` of a request. */
export type HostCheck = (hosts: readonly string[], socket: LocalEnd) => HostVerdict

interface Host {
  readonly name: string
  readonly port: number | undefined
}

// RFC 9112 §3.2 with the hosts of RFC 3986 that a URL on a private network has: no user, no escapes, no zone.
const shape = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?)(?::(\d{0,5}))?$/
const longestHost = 265

/**
 * Keeps web pages out that had their own name resolved to this machine (DNS rebinding): whoever they are,
 * they can name neither this address nor a name that is the operator's. Loopback is good on any port.
 */
export function createHostCheck(allowed: readonly AllowedHost[]): HostCheck {
  const names = allowed.map(({ name, port }) => ({ name: canonicalName(name), port }))
  let lastGood: string | undefined // apps send the same Host for ever: one comparison is then all it costs
  return (hosts, socket) => {
    const [header] = hosts
    if (hosts.length > 1) return 'repeated'
    if (header === undefined || header === '') return 'missing'
    if (header === lastGood) return 'ok'
    const host = parse(header)
    if (host === undefined) return 'not_allowed'
    if (isLoopback(host.name) || names.some((entry) => fits(entry, host))) {
      lastGood = header
      return 'ok'
    }
    return isOwnAddress(host, socket.localAddress, socket.localPort) ? 'ok' : 'not_allowed'
  }
}

function parse(header: string): Host | undefined {
  if (header.length > longestHost) return undefined
  const match = shape.exec(header.toLowerCase())
  if (match === null) return undefined
  const [, address, name, digits] = match
  if (address !== undefined && !isIPv6(address)) return undefined
  const port = digits === undefined || digits === '' ? undefined : Number(digits)
  if (port !== undefined && port > 65_535) return undefined
  return { name: canonicalName(address ?? String(name)), port }
}

/** Lower case, without brackets, trailing dot and zone; IPv6 as RFC 5952 writes it, IPv4 as IPv4. */
function canonicalName(text: string): string {
  const [plain = ''] = text
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .split('%')
  if (!isIPv6(plain)) return plain.replace(/\.$/, '')
  const address = new URL(`http://[${plain}]`).hostname.slice(1, -1)
  const [, high, low] = /^::ffff:([0-9a-f]+):([0-9a-f]+)$/.exec(address) ?? []
  if (high === undefined || low === undefined) return address
  return [high, low]
    .flatMap((word) => [Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 255])
    .join('.')
}

/** RFC 6761 §6.3: `localhost` and all below it are loopback, and nobody can register them. */
function isLoopback(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || isLoopbackIPv4(name)
}

function isLoopbackIPv4(name: string): boolean {
  return name.startsWith('127.') && isIPv4(name)
}

function fits(entry: Host, host: Host): boolean {
  return entry.name === host.name && (entry.port === undefined || entry.port === host.port)
}

/** Without a port in `Host`, the address alone decides: it is what keeps strangers' names out. */
function isOwnAddress(host: Host, address: string | undefined, port: number | undefined): boolean {
  if (address === undefined || canonicalName(address) !== host.name) return false
  return host.port === undefined || host.port === port
}
