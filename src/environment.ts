import type { Logger } from 'pino'
import type { EnvironmentReport } from './admin/environment-report.ts'
import type { Metrics } from './admin/metrics.ts'
import { bankFailure } from './bank/failure.ts'
import type { Configuration, EnvironmentSettings } from './config/schema.ts'
import { createSecretFile, type SecretFile } from './credentials/secret-file.ts'
import { environmentReport, warningsOf } from './environment-report.ts'
import type { Fleet } from './fleet/fleet.ts'
import { createHostCheck } from './host.ts'
import { addressText, listenOn } from './listen.ts'
import { routeTemplate } from './logging.ts'
import { createAccessRules } from './proxy/access-rules.ts'
import { type AppsListener, createAppsListener } from './proxy/listener.ts'
import { createReplayStore } from './proxy/replay-store.ts'
import { logToken } from './report.ts'
import { createRequestLog } from './request-log.ts'
import { openSessions, type Session } from './session.ts'
import { createTokenSource, type TokenSource } from './token/source.ts'

export interface EnvironmentOptions {
  readonly settings: EnvironmentSettings
  readonly outboundProxy: Configuration['outboundProxy']
  /** The sidecars that share their tokens, if this one is to. */
  readonly fleet?: Fleet | undefined
  readonly log: Logger
  readonly metrics: Metrics
  readonly draining: () => boolean
}

/** One environment of the bank: its listener, its token, its credentials and its connections. */
export interface Environment {
  readonly name: string
  /** Opens the apps' listener; rejects with a `ListenError`. */
  listen(): Promise<string>
  inFlight(): number
  report(): EnvironmentReport
  /** Reads the credential files at once, and retries the token when none has changed. */
  reload(): void
  stop(): Promise<void>
}

const headersTimeoutMs = 15_000
const bodyStallMs = 30_000
const halfCloseMs = 250
const maxHeaderBytes = 16_384

export async function openEnvironment(options: EnvironmentOptions): Promise<Environment> {
  const { settings, log } = options
  let everHeldToken = false
  const tokens = openTokens(options, () => {
    everHeldToken = true
  })
  const sessions = openSessions(options, tokens)
  const { store } = sessions
  const secret = openSecret(options)
  await Promise.all([store.started, secret?.started])
  const listener = openListener(options, () => store.usable(), secret)
  let address = addressText(settings.listen)
  let stopped: Promise<void> | undefined

  async function stop(): Promise<void> {
    // Whoever still waits for the bank is told that its request may have been sent.
    await Promise.all([sessions.close(), secret?.close()])
    listener.app.server.closeAllConnections()
    await listener.app.close()
    tokens.close()
  }

  return {
    name: settings.name,
    async listen() {
      address = await listenOn(listener.app, settings.listen)
      log.info(
        { event: 'listening', environment: settings.name, address, bank: settings.baseUrl },
        'listening for apps',
      )
      for (const warning of warningsOf(settings))
        log.warn({ event: 'warning', environment: settings.name }, warning)
      return address
    },
    inFlight: () => listener.inFlight(),
    report: () =>
      environmentReport({
        settings,
        address,
        store,
        secret,
        everHeldToken,
        budgetRemaining: tokens.budgetRemaining(),
        inFlight: listener.inFlight(),
      }),
    reload() {
      store.look()
      secret?.look()
    },
    stop() {
      stopped ??= stop()
      return stopped
    },
  }
}

function openTokens({ settings, log, metrics }: EnvironmentOptions, held: () => void): TokenSource {
  const { name, authorizationUrl, refreshMarginMs, tokenTimeoutMs, tokenRequestsPerMinute } = settings
  return createTokenSource({
    environment: name,
    authorizationUrl,
    refreshMarginMs,
    tokenTimeoutMs,
    requestsPerMinute: tokenRequestsPerMinute,
    report(event) {
      if (event.kind === 'request') metrics.tokenRequest(name, event)
      if (event.kind === 'renewed') held()
      logToken(log, name, event)
    },
  })
}

function openSecret({ settings, log }: EnvironmentOptions): SecretFile | undefined {
  const { appSecretFile: path, name: environment } = settings
  if (path === undefined) return undefined
  return createSecretFile({
    path,
    report(problem) {
      if (problem === null) log.info({ event: 'app_secret_applied', environment }, 'app secret applied')
      else
        log.error(
          { event: 'app_secret_unusable', environment, reason: problem },
          'the app secret cannot be used',
        )
    },
  })
}

function openListener(
  options: EnvironmentOptions,
  session: () => Session,
  secret: SecretFile | undefined,
): AppsListener {
  const { settings, log, metrics, draining } = options
  const { name: environment, baseUrl: origin, replayLimitBytes, replayTotalBytes } = settings
  const rules = createAccessRules(settings.allow)
  const logRequest = createRequestLog(log)
  return createAppsListener({
    ...settings,
    environment,
    origin,
    session,
    draining,
    headersTimeoutMs,
    maxHeaderBytes,
    stallMs: bodyStallMs,
    halfCloseMs,
    explain: bankFailure,
    now: () => performance.now(),
    wallNow: Date.now,
    routeOf: routeTemplate,
    checkHost: createHostCheck(settings.allowedHosts),
    acceptsSecret: secret && ((presented) => secret.accepts(presented)),
    isAllowed: (method, path) => rules(method, path).kind === 'allowed',
    replays: createReplayStore({ limitBytes: replayLimitBytes, totalBytes: replayTotalBytes }),
    record(record) {
      metrics.request(record)
      logRequest(record)
    },
  })
}
