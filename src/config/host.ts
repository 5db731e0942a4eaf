import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net'
import type { Parsed } from './kind.ts'

export interface HostAndPort {
  /** Without brackets. */
  readonly host: string
  readonly port: number | undefined
}

const hostAndPort = /^(?:\[(?<address>[^\]]*)\]|(?<name>[^:[\]]*))(?::(?<port>\d+))?$/

/** `name`, `name:port`, `[::1]` or `[::1]:port` (RFC 3986 §3.2). */
export function parseHostAndPort(text: string): Parsed<HostAndPort> {
  if (isIPv6(text)) return { problem: 'is an IPv6 address without brackets' }
  const groups = hostAndPort.exec(text)?.groups
  if (groups === undefined) return { problem: 'is not a host with a port' }
  const { address, name = '', port } = groups
  if (address !== undefined && !isIPv6(address)) return { problem: 'has no IPv6 address in its brackets' }
  if (address === undefined && !isHost(name)) {
    return { problem: name === '' ? 'has no host' : 'has a malformed host' }
  }
  if (Number(port ?? 0) > 65_535) return { problem: 'has a port above 65535' }
  return { value: { host: address ?? name, port: port === undefined ? undefined : Number(port) } }
}

const hostName = /^(?=.{1,253}$)[a-z\d_]([a-z\d_-]*[a-z\d_])?(\.[a-z\d_]([a-z\d_-]*[a-z\d_])?)*$/i

/** A last label of digits makes an IPv4 address (WHATWG URL §3.5): `8080` or `127.1` are no names. */
function isHost(text: string): boolean {
  return isIPv4(text) || (hostName.test(text) && !/(^|\.)(\d+|0x[\da-f]*)$/i.test(text))
}

/** One spelling for each host: RFC 5952 for IPv6, lower case for names. */
export function canonicalHost(host: string): string {
  const lower = host.toLowerCase()
  if (!isIPv6(lower) || lower.includes('%')) return lower
  return new URL(`http://[${lower}]`).hostname.slice(1, -1)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** Of names only `localhost` (RFC 6761 §6.3): where another one leads is not for a configuration to believe. */
export function isLoopback(host: string): boolean {
  if (host.toLowerCase() === 'localhost') return true
  const [address = ''] = host.split('%')
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}
