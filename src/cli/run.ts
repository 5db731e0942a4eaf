import type { Logger } from 'pino'
import { loadConfiguration } from '../config/load.ts'
import { createLogger } from '../logging.ts'
import { type Sidecar, startSidecar } from '../sidecar.ts'
import type { Process } from './command.ts'

export interface RunOptions {
  readonly config: string | undefined
  readonly version: string
}

/** Serves until SIGTERM or SIGINT. Rejects with a `ConfigurationError` or a `ListenError`. */
export async function run(process: Process, { config, version }: RunOptions): Promise<0> {
  const configuration = await loadConfiguration({
    env: process.env,
    ...(config !== undefined && { file: config }),
  })
  const { logLevel: level, logFormat: format } = configuration
  const { log, flush } = createLogger({ level, format })
  try {
    await serve({ process, log, start: () => startSidecar({ configuration, log, version }) })
  } finally {
    flush()
  }
  return 0
}

export interface ServeOptions {
  readonly process: Process
  readonly log: Logger
  readonly start: () => Promise<Sidecar>
  readonly started?: (sidecar: Sidecar) => void
}

/** Starts a sidecar and keeps it until the process is told to end; a second time, it ends at once. */
export async function serve({ process, log, start, started }: ServeOptions): Promise<void> {
  const signals = listenForSignals(process, log)
  try {
    const sidecar = await start()
    signals.use(sidecar)
    started?.(sidecar)
    await signals.ended
  } finally {
    signals.release()
  }
}

function listenForSignals(process: Process, log: Logger) {
  const { promise: ended, resolve, reject } = withResolvers()
  let sidecar: Sidecar | undefined
  let told = 0
  const end = (): void => {
    if (sidecar === undefined || told === 0) return
    const ending = told === 1 ? sidecar.stop() : sidecar.kill()
    ending.then(resolve, reject)
  }
  const handlers: Partial<Record<NodeJS.Signals, () => void>> = {
    SIGTERM: () => {
      told += 1
      end()
    },
    SIGHUP: () => {
      log.info({ event: 'reload' }, 'looking at the credential files')
      sidecar?.reload()
    },
    // Unhandled, it would open the inspector on a port that every container of the pod can reach.
    SIGUSR1: () => undefined,
  }
  handlers.SIGINT = handlers.SIGTERM as () => void
  for (const [signal, handler] of Object.entries(handlers)) process.on(signal, handler)
  return {
    ended,
    use(started: Sidecar): void {
      sidecar = started
      end()
    },
    release(): void {
      for (const [signal, handler] of Object.entries(handlers)) process.off(signal, handler)
    },
  }
}

/** As `Promise.withResolvers`, which Node.js 20 lacks. */
function withResolvers() {
  let resolve: () => void = () => undefined
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<void>((onDone, onError) => {
    resolve = onDone
    reject = onError
  })
  return { promise, resolve, reject }
}
