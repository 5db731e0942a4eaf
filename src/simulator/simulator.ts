import type { AddressInfo } from 'node:net'
import { createBank } from './bank.ts'
import { generateKeyPair, type KeyPair } from './certificate.ts'
import { openCredentialDirectory } from './credential-directory.ts'
import type { Fault } from './faults.ts'
import { type ListenAddress, originOf, requireLoopback, serverNames } from './listen-address.ts'
import type { Listener, Log } from './listener.ts'
import { createServerTls } from './server-tls.ts'
import { createTokens } from './tokens.ts'

export interface SimulatorOptions {
  /** Where the credentials for clients are written, or found. */
  readonly dir: string
  readonly listen: ListenAddress
  readonly authorizationListen: ListenAddress
  readonly tokenTtlSeconds: number
  readonly throttlePerMinute: number
  /** Without it, only loopback addresses are listened on. */
  readonly allowRemote: boolean
  /** More names for the server certificate. */
  readonly hostnames: readonly string[]
  readonly faults?: readonly Fault[]
  readonly log?: Log
  /** How many payments are remembered. */
  readonly keep?: number
  /** Milliseconds since 1970. */
  readonly now?: () => number
  readonly random?: () => number
  /** Makes every key: RSA, which takes a moment each. */
  readonly generateKeys?: () => Promise<KeyPair>
}

export interface Simulator {
  readonly baseUrl: string
  readonly authorizationUrl: string
  /** Breaks off what is under way; may be called twice. */
  stop(): Promise<void>
}

/**
 * A bank to develop against, on two HTTPS listeners with mutual TLS. When this resolves, the credentials are in
 * `dir`, and both listen.
 *
 * @throws Error with a sentence for the person at the terminal
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { listen, authorizationListen, hostnames, tokenTtlSeconds: ttlSeconds, now = Date.now } = options
  const { generateKeys = generateKeyPair } = options
  if (!options.allowRemote) for (const { host } of [listen, authorizationListen]) requireLoopback(host)
  // One key for the server and its tokens: to make another would take a tenth of a second more.
  const [credentials, keys] = await Promise.all([
    openCredentialDirectory(options.dir, { now: now(), generateKeys }),
    generateKeys(),
  ])
  const names = serverNames([listen.host, authorizationListen.host], hostnames)
  const tls = createServerTls(credentials, { names, now: now(), keys })
  const tokens = createTokens({ ttlSeconds, now, keys })
  const { faults = [], log, keep = 100_000, random = Math.random, throttlePerMinute } = options
  const parts = { credentials, tls, tokens, throttlePerMinute, faults, log, keep, now, random }
  const { api, authorization } = createBank(parts)
  const stop = async (): Promise<void> => void (await Promise.all([api.close(), authorization.close()]))
  try {
    const baseUrl = await open(api, listen, hostnames)
    return { baseUrl, authorizationUrl: await open(authorization, authorizationListen, hostnames), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function open(
  listener: Listener,
  wanted: ListenAddress,
  hostnames: readonly string[],
): Promise<string> {
  const { host, port } = wanted
  try {
    // fastify would answer ::1 by a second server, which has none of our handlers for nonsense.
    await listener.listen({ host: host === 'localhost' ? '127.0.0.1' : host, port })
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException
    const reason = code === 'EADDRINUSE' ? 'the port is in use' : message
    throw new Error(`cannot listen on ${host}:${port}: ${reason}`, { cause })
  }
  return originOf({ host, port: (listener.server.address() as AddressInfo).port }, hostnames)
}
