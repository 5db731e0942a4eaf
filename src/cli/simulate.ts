import { createLogger } from '../logging.ts'
import { parseFaults } from '../simulator/faults.ts'
import { requireLoopback, requireServerName } from '../simulator/listen-address.ts'
import { startSimulator } from '../simulator/simulator.ts'
import { type Arguments, UsageError } from './arguments.ts'
import type { Process } from './command.ts'
import { untilSignal } from './signals.ts'

/** Runs the bank simulator until SIGTERM or SIGINT. */
export async function simulate(
  process: Process,
  given: Arguments,
  ended: Promise<void> = untilSignal(process),
): Promise<0> {
  const { dir, tokenTtlSeconds, throttlePerMinute, allowRemote, hostnames } = given
  if (dir === undefined)
    throw new UsageError('bc-sidecar: simulate needs --dir DIR, where it writes its credentials')
  const listen = hostAndPort('--listen', given.listen)
  const authorizationListen = hostAndPort('--authorization-listen', given.authorizationListen)
  if (!allowRemote) {
    asUsage('--listen', () => requireLoopback(listen.host))
    asUsage('--authorization-listen', () => requireLoopback(authorizationListen.host))
  }
  for (const name of hostnames) asUsage('--hostname', () => requireServerName(name))
  const faults = asUsage('--faults', () => parseFaults(given.faults))
  const { log, flush } = createLogger({ level: 'info', format: 'json' })
  const simulator = await startSimulator({
    dir,
    listen,
    authorizationListen,
    tokenTtlSeconds,
    throttlePerMinute,
    allowRemote,
    hostnames,
    faults,
    log,
  })
  const { baseUrl, authorizationUrl } = simulator
  log.info({ event: 'simulating', baseUrl, authorizationUrl, dir }, 'the bank simulator listens')
  await ended
  await simulator.stop()
  flush()
  return 0
}

function asUsage<T>(option: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError(`bc-sidecar: ${option}: ${(error as Error).message}`)
  }
}

function hostAndPort(option: string, text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? []
  const host = bracketed ?? plain
  const port = Number(digits)
  if (host !== undefined && port <= 65_535) return { host, port }
  throw new UsageError(
    `bc-sidecar: ${option} is ${JSON.stringify(text)}, and should be host:port, such as 127.0.0.1:9443`,
  )
}
