import { type Connections, openConnections } from './bank/connections.ts'
import type { CredentialSet } from './credentials/credential-set.ts'
import { type CredentialStore, createCredentialStore } from './credentials/credential-store.ts'
import type { EnvironmentOptions } from './environment.ts'
import { logCredentials } from './report.ts'
import type { TokenHolder } from './token/holder.ts'
import { mayBeRefusal } from './token/request-failure.ts'
import type { TokenSource } from './token/source.ts'

/** A generation of credentials with all that was opened for it: replaced as a whole, never mended. */
export interface Session extends Connections {
  readonly tokens: TokenHolder
}

/** Every generation that is still open: the current one, and those that finish their last requests. */
export interface Sessions {
  readonly store: CredentialStore<Session>
  /** Cuts off what is still under way. */
  close(): Promise<void>
}

/**
 * Of the minute's token requests, what a candidate leaves: one for the token in use, so that no payment ever waits for a rotation;
 * when it is tried again, one more, for the next change of files.
 */
const reserves = { first: 1, again: 2 }

/** The environment's credentials: each sound set gets connections and tokens of its own. */
export function openSessions(options: EnvironmentOptions, source: TokenSource): Sessions {
  const { settings, log, metrics } = options
  const { name: environment } = settings
  const sessions = new Set<Session>()
  let startWhen = settings.tokenAtStart
  const store = createCredentialStore<Session>({
    sources: settings.credentials,
    open(set) {
      const session = openSession(options, source, set)
      sessions.add(session)
      return session
    },
    prove: ({ tokens }, { again }) => tokens.prove({ reserve: again ? reserves.again : reserves.first }),
    mayBeRefusal,
    retry: ({ tokens }) => tokens.retry(),
    retire(session) {
      session.tokens.retire()
      void session.close().then(() => sessions.delete(session))
    },
    report(event) {
      if (event.kind === 'applied') {
        store.current()?.tokens.start(startWhen)
        startWhen = 'now'
      }
      if (event.kind === 'applied' || event.kind === 'refused') metrics.reload(environment, event.kind)
      logCredentials(log, environment, event)
    },
  })
  return {
    store,
    async close() {
      await store.close()
      await Promise.all([...sessions].map((session) => session.destroy()))
    },
  }
}

function openSession(options: EnvironmentOptions, source: TokenSource, set: CredentialSet): Session {
  const { settings, outboundProxy, metrics } = options
  const { connectTimeoutMs, responseTimeoutMs, maxConnections, keepAliveTimeoutMs, name } = settings
  const connections = openConnections({
    secureContext: set.secureContext,
    connectTimeoutMs,
    responseTimeoutMs,
    maxConnections,
    keepAliveTimeoutMs,
    outboundProxy,
    onConnection: ({ resumed }) => metrics.connection(name, resumed),
  })
  const { identity, username, password, thumbprint } = set
  const shared = shareTokens(options, set)
  const tokens = source.holder({
    identity,
    dispatcher: connections.dispatcher,
    username,
    password,
    thumbprint,
    shared,
  })
  return { ...connections, tokens }
}

function shareTokens({ settings, fleet, metrics }: EnvironmentOptions, set: CredentialSet) {
  const { name: environment, authorizationUrl, tokenRequestsPerMinute: requestsPerMinute } = settings
  return fleet?.member({
    identity: { ...set, environment, authorizationUrl },
    requestsPerMinute,
    count: (result) => metrics.tokenCache(environment, result),
  })
}
