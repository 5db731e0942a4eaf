import { parseNoProxy } from '../../bank/no-proxy.ts'
import { type ProxyAddress, parseProxy } from '../../bank/tunnel.ts'
import type { OutboundProxy } from '../../config/schema.ts'

/** One of the bank's two hosts, and the way to it. */
export interface Target {
  /** The variable that names it. */
  readonly setting: 'BC_BASE_URL' | 'BC_AUTHORIZATION_URL'
  readonly host: string
  readonly port: number
  /** Undefined: directly. */
  readonly proxy: ProxyAddress | undefined
  readonly connectTimeoutMs: number
}

export interface TargetOptions extends Pick<Target, 'setting' | 'connectTimeoutMs'> {
  readonly origin: string
  readonly outboundProxy: OutboundProxy | undefined
}

export function targetOf({ setting, origin, outboundProxy, connectTimeoutMs }: TargetOptions): Target {
  const { hostname, port: given } = new URL(origin)
  const host = hostname.replace(/^\[|\]$/g, '')
  const port = Number(given === '' ? 443 : given)
  const exempt = outboundProxy === undefined || parseNoProxy(outboundProxy.noProxy)(host, port)
  const proxy = exempt ? undefined : parseProxy(outboundProxy.url)
  return { setting, host, port, proxy, connectTimeoutMs }
}
