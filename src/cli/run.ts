import type { Logger } from 'pino'
import { loadConfiguration } from '../config/load.ts'
import { createLogger } from '../logging.ts'
import { type Sidecar, startSidecar } from '../sidecar.ts'
import type { Process } from './command.ts'
import { confine } from './confinement.ts'

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
    await serve({
      process,
      log,
      start: () => startSidecar({ configuration, log, version }),
      started: () => confine(process.permission, log),
    })
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
  const sidecar = await Promise.race([start(), signals.givenUp])
  if (sidecar === undefined) return
  signals.use(sidecar)
  started?.(sidecar)
  await signals.ended
}

/** For as long as the process lives: a late signal must not take the exit status from it. */
function listenForSignals(process: Process, log: Logger) {
  let settle!: (ending: Promise<void>) => void
  const ended = new Promise<void>((resolve) => {
    settle = resolve
  })
  let giveUp!: () => void
  const givenUp = new Promise<undefined>((resolve) => {
    giveUp = () => resolve(undefined)
  })
  let sidecar: Sidecar | undefined
  let told = 0
  const end = (): void => {
    if (sidecar === undefined || told === 0) return
    settle(told === 1 ? sidecar.stop() : sidecar.kill())
  }
  const onEnd = (): void => {
    told += 1
    if (told > 1) giveUp()
    end()
  }
  process.on('SIGTERM', onEnd)
  process.on('SIGINT', onEnd)
  process.on('SIGHUP', () => {
    if (told > 0) return
    log.info({ event: 'reload' }, 'looking at the credential files')
    sidecar?.reload()
  })
  return {
    ended,
    /** A second signal, before there is anything to end. */
    givenUp,
    use(started: Sidecar): void {
      sidecar = started
      end()
    },
  }
}
