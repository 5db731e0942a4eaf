import type { Logger } from 'pino'
import { createAdmin } from './admin/listener.ts'
import { createMetrics } from './admin/metrics.ts'
import type { Configuration } from './config/schema.ts'
import { drain } from './drain.ts'
import { type Environment, openEnvironment } from './environment.ts'
import { addressText, listenOn } from './listen.ts'
import { type FleetPatience, openFleet } from './open-fleet.ts'

export interface SidecarOptions {
  readonly configuration: Configuration
  readonly log: Logger
  readonly version: string
  readonly fleetPatience?: FleetPatience
}

export interface Sidecar {
  /** What the listeners really listen on, by environment; `admin` beside them. */
  readonly addresses: { readonly admin: string; readonly apps: ReadonlyMap<string, string> }
  /** SIGHUP: reads every credential file at once, and retries the token where none has changed. Does nothing while draining. */
  reload(): void
  /** Serves on for the drain delay, lets requests in flight finish, and closes everything. */
  stop(): Promise<void>
  /** Ends everything at once: a second SIGTERM. */
  kill(): Promise<void>
}

/** Configuration in, a running sidecar out: the place where all folders meet. Rejects with a `ListenError`. */
export async function startSidecar(options: SidecarOptions): Promise<Sidecar> {
  const { configuration, log, version, fleetPatience } = options
  const { environments: settings, outboundProxy, adminListen } = configuration
  const fleet = await openFleet(configuration.tokenCache, log, fleetPatience)
  const metrics = createMetrics({
    version,
    environments: settings.map(({ name }) => name),
    tokenCache: fleet?.status,
  })
  let draining = false
  let stopping: Promise<void> | undefined
  const environments: Environment[] = []
  const admin = createAdmin({
    metrics,
    version,
    environments: () => environments.map((environment) => environment.report()),
    // From the signal on: who sends us requests needs the delay to hear of it.
    draining: () => stopping !== undefined,
    tokenCache: fleet?.status,
    allowedHosts: settings.flatMap(({ allowedHosts }) => allowedHosts),
  })
  const close = async (): Promise<void> => {
    admin.server.closeAllConnections()
    await Promise.all([...environments.map((environment) => environment.stop()), admin.close()])
    await fleet?.close()
  }
  const apps = new Map<string, string>()
  let adminAddress = addressText(adminListen)
  try {
    for (const one of settings)
      environments.push(
        await openEnvironment({
          settings: one,
          outboundProxy,
          fleet,
          log,
          metrics,
          draining: () => draining,
        }),
      )
    for (const environment of environments) apps.set(environment.name, await environment.listen())
    adminAddress = await listenOn(admin, adminListen)
    log.info({ event: 'listening', address: adminAddress, admin: true }, 'listening for operators')
  } catch (error) {
    await close()
    throw error
  }
  const cut = new AbortController()

  async function stop(): Promise<void> {
    const inFlight = (): number => environments.reduce((sum, environment) => sum + environment.inFlight(), 0)
    const begin = (): void => {
      draining = true
    }
    await drain({ ...configuration, begin, inFlight, log, signal: cut.signal })
    await close()
  }

  function once(): Promise<void> {
    stopping ??= stop()
    return stopping
  }

  return {
    addresses: { admin: adminAddress, apps },
    reload() {
      if (stopping === undefined) for (const environment of environments) environment.reload()
    },
    stop: once,
    kill() {
      cut.abort()
      return once()
    },
  }
}
