import { BlockList, isIP, isIPv6 } from 'node:net'

export interface ListenAddress {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const wildcards: readonly string[] = ['0.0.0.0', '::']

/** @throws a sentence for the person at the terminal, unless `host` is reachable from this machine only */
export function requireLoopback(host: string): void {
  if (host === 'localhost') return
  const family = isIP(host)
  if (family !== 0 && loopback.check(host, family === 6 ? 'ipv6' : 'ipv4')) return
  throw new Error(`${host} is not a loopback address: anybody on the network could call the simulator. \
Listen on 127.0.0.1, or give --allow-remote`)
}

const serverName = /^(?=.{1,253}$)[a-z\d_]([a-z\d_-]*[a-z\d_])?(\.[a-z\d_]([a-z\d_-]*[a-z\d_])?)*$/i

/** @throws a sentence for the person at the terminal, unless `name` is one that a certificate can hold */
export function requireServerName(name: string): void {
  if (serverName.test(name) || isIP(name) !== 0) return
  throw new Error(`${JSON.stringify(name)} is neither a host name in ASCII (others are written xn--…) \
nor an IP address; it should be like bank.example`)
}

/** The origin by which clients reach a listener: a wildcard address goes by the first name it has. */
export function originOf({ host, port }: ListenAddress, hostnames: readonly string[]): string {
  const name = wildcards.includes(host) ? (hostnames[0] ?? 'localhost') : host
  return `https://${isIPv6(name) ? `[${name}]` : name}:${port}`
}

/** What the server certificate is for. */
export function serverNames(hosts: readonly string[], hostnames: readonly string[]): string[] {
  const own = hosts.filter((host) => !wildcards.includes(host))
  return [...new Set(['localhost', '127.0.0.1', '::1', ...own, ...hostnames])]
}
