import { get, type RequestOptions } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadConfiguration } from '../config/load.ts'
import type { ListenAddress } from '../listen.ts'
import type { Process } from './command.ts'

export interface HealthOptions {
  readonly config: string | undefined
  readonly waitSeconds: number
}

interface Verdict {
  readonly ready: boolean
  readonly reason: string
}

const askEveryMs = 250
const answerWithinMs = 2_000

/** Asks the admin listener that the configuration names; waits for it if told to. Says why it is not ready. */
export async function health(process: Process, { config, waitSeconds }: HealthOptions): Promise<0 | 1> {
  const file = config === undefined ? {} : { file: config }
  // A copy: what is secret there stays for the sidecar that may be started from the same environment.
  const { adminListen } = await loadConfiguration({ env: { ...process.env }, ...file })
  const deadline = performance.now() + waitSeconds * 1_000
  let verdict = await ask(adminListen)
  while (!verdict.ready && performance.now() < deadline) {
    await sleep(askEveryMs)
    verdict = await ask(adminListen)
  }
  if (verdict.ready) return 0
  process.stderr.write(`not ready: ${verdict.reason}\n`)
  return 1
}

function ask(address: ListenAddress): Promise<Verdict> {
  return new Promise((resolve) => {
    const options = {
      ...target(address),
      path: '/readyz',
      headers: { host: 'localhost' },
      timeout: answerWithinMs,
    }
    const request = get(options, async (response) => {
      const body = await response.setEncoding('utf8').toArray()
      resolve({ ready: response.statusCode === 200, reason: body.join('').trim() })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${answerWithinMs} ms`)))
    request.on('error', (error) =>
      resolve({ ready: false, reason: `the admin listener does not answer: ${error.message}` }),
    )
  })
}

/** An address that stands for all is reached through loopback. */
function target(address: ListenAddress): RequestOptions {
  if (address.kind === 'unix') return { socketPath: address.path }
  const host = address.host === '0.0.0.0' ? '127.0.0.1' : address.host === '::' ? '::1' : address.host
  return { host, port: address.port }
}
