import type { AddressInfo } from 'node:net'
import type { SecureContextOptions } from 'node:tls'
import { addApiRoutes } from './api-routes.ts'
import { addAuthorizationRoutes } from './authorization-routes.ts'
import { generateKeyPair, issueCertificate } from './certificate.ts'
import { openCredentialDirectory } from './credential-directory.ts'
import type { CredentialSet } from './credential-set.ts'
import { createFaultPlan } from './fault-plan.ts'
import type { Fault } from './faults.ts'
import { type ListenAddress, originOf, requireLoopback, serverNames } from './listen-address.ts'
import { createListener, type Listener, type Log } from './listener.ts'
import { createThrottle } from './throttle.ts'
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
}

export interface Simulator {
  readonly baseUrl: string
  readonly authorizationUrl: string
  /** Breaks off what is under way; may be called twice. */
  stop(): Promise<void>
}

const serverDays = 397

/**
 * A bank to develop against, on two HTTPS listeners with mutual TLS. When this resolves, the credentials are in
 * `dir`, and both listen.
 *
 * @throws Error with a sentence for the person at the terminal
 */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { dir, listen, authorizationListen, hostnames, now = Date.now } = options
  if (!options.allowRemote) for (const { host } of [listen, authorizationListen]) requireLoopback(host)
  const credentials = await openCredentialDirectory(dir, now())
  const names = serverNames([listen.host, authorizationListen.host], hostnames)
  const [api, authorization] = await createBank(
    options,
    await serverTls(credentials, names, now()),
    credentials,
  )
  const stop = async (): Promise<void> => void (await Promise.all([api.close(), authorization.close()]))
  try {
    const baseUrl = await open(api, listen, hostnames)
    return { baseUrl, authorizationUrl: await open(authorization, authorizationListen, hostnames), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function createBank(
  options: SimulatorOptions,
  tls: SecureContextOptions,
  credentials: CredentialSet,
): Promise<[api: Listener, authorization: Listener]> {
  const { log, now = Date.now, random = Math.random, keep = 100_000 } = options
  const tokens = await createTokens({ ttlSeconds: options.tokenTtlSeconds, now })
  const plan = createFaultPlan(options.faults ?? [], random)
  const api = createListener('api', tls, log)
  addApiRoutes(api, { tokens, plan, now, keep })
  const authorization = createListener('authorization', tls, log)
  addAuthorizationRoutes(authorization, {
    username: credentials.username.toString(),
    password: credentials.password.toString(),
    tokens,
    throttle: createThrottle({ perMinute: options.throttlePerMinute, now }),
    plan,
  })
  return [api, authorization]
}

/** The server's certificate is made anew at each start, by the authority that clients know already. */
async function serverTls(
  set: CredentialSet,
  names: readonly string[],
  now: number,
): Promise<SecureContextOptions> {
  const keys = await generateKeyPair()
  const issuer = { certificate: set['ca.pem'].toString(), privateKey: set['ca-key.pem'].toString() }
  const purpose = { kind: 'server', names } as const
  const validity = { commonName: 'bc-sidecar simulator', days: serverDays, now }
  const cert = issueCertificate(keys.publicKey, { ...validity, issuer, purpose })
  return { key: keys.privateKey, cert, ca: issuer.certificate }
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
