import { openConnections } from '../../bank/connections.ts'
import type { EnvironmentSettings, OutboundProxy } from '../../config/schema.ts'
import type { CredentialSet } from '../../credentials/credential-set.ts'
import { checkApiCall } from './api-call.ts'
import { type Finding, type Step, skipped } from './finding.ts'
import { checkResolution } from './resolution.ts'
import { type Target, targetOf } from './target.ts'
import { checkTls } from './tls.ts'
import { checkToken } from './token.ts'
import { checkTransport } from './transport.ts'

export interface NetworkOptions {
  readonly settings: EnvironmentSettings
  readonly outboundProxy: OutboundProxy | undefined
  /** Undefined when none can be used: then only the way to the bank is tried. */
  readonly set: CredentialSet | undefined
  readonly wallNow: () => number
  readonly other: string
}

type Steps<Outcome> = AsyncGenerator<readonly [Step, Finding], Outcome>

/** The way to both hosts, then a token and what it opens. */
export async function* checkNetwork(options: NetworkOptions): Steps<void> {
  const { settings, outboundProxy, set } = options
  const { authorizationUrl, baseUrl, connectTimeoutMs } = settings
  const shared = { outboundProxy, connectTimeoutMs }
  const authorization = targetOf({ ...shared, setting: 'BC_AUTHORIZATION_URL', origin: authorizationUrl })
  const api = targetOf({ ...shared, setting: 'BC_BASE_URL', origin: baseUrl })
  const mayAsk = yield* checkHost(authorization, options)
  const mayCall = yield* checkHost(api, options)
  if (set !== undefined && mayAsk) {
    yield* checkCalls(options, set, mayCall)
    return
  }
  const why = skipped('not asked for, because of what failed before')
  yield ['token', why]
  yield ['clock', skipped('no answer to compare with')]
  yield ['api call', skipped('no token to make it with')]
}

/** Gives whether TLS works there. */
async function* checkHost(target: Target, options: NetworkOptions): Steps<boolean> {
  const { set, wallNow, other } = options
  const { host } = target
  const way: Step = target.proxy ? 'outbound proxy' : 'tcp'
  const resolution = await checkResolution(target)
  yield ['name resolution', resolution]
  if (resolution.outcome === 'failed') {
    yield [way, skipped(`${host} has no address`)]
    yield ['tls', skipped(`no connection to ${host}`)]
    return false
  }
  const { finding, transport } = await checkTransport(target)
  yield [way, finding]
  if (transport === undefined || set === undefined) {
    transport?.destroy()
    yield ['tls', skipped(transport ? 'no certificate to show' : `no connection to ${host}`)]
    return false
  }
  const tls = await checkTls({ target, transport, set, nowMs: wallNow(), other })
  yield ['tls', tls]
  return tls.outcome !== 'failed'
}

async function* checkCalls(options: NetworkOptions, set: CredentialSet, mayCall: boolean): Steps<void> {
  const { settings, outboundProxy, wallNow, other } = options
  const connections = openConnections({ ...settings, secureContext: set.secureContext, outboundProxy })
  const { dispatcher } = connections
  const { authorizationUrl, baseUrl, tokenTimeoutMs } = settings
  try {
    const asked = await checkToken({ dispatcher, authorizationUrl, tokenTimeoutMs, set, wallNow, other })
    yield ['token', asked.token]
    yield ['clock', asked.clock]
    if (asked.value === undefined) yield ['api call', skipped('no token to make it with')]
    else if (!mayCall) yield ['api call', skipped('no TLS with the API host')]
    else yield ['api call', await checkApiCall({ dispatcher, baseUrl, token: asked.value, other })]
  } finally {
    await connections.destroy()
  }
}
