import { get, type RequestOptions } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { loadAdminListen } from '../config/load.ts'
import { addressText, type ListenAddress } from '../listen.ts'
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
  const adminListen = await loadAdminListen({ env: { ...process.env }, ...file })
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

async function ask(address: ListenAddress): Promise<Verdict> {
  try {
    return await readiness(address)
  } catch (error) {
    // A name with several addresses fails with an error without a message.
    const { code, message } = error as NodeJS.ErrnoException
    const why = code ?? message
    return { ready: false, reason: `nobody answers on ${addressText(address)}, the admin listener: ${why}` }
  }
}

function readiness(address: ListenAddress): Promise<Verdict> {
  return new Promise((resolve, reject) => {
    const options = {
      ...target(address),
      path: '/readyz',
      headers: { host: 'localhost' },
      timeout: answerWithinMs,
    }
    const request = get(options, (response) => {
      const body = response.setEncoding('utf8').toArray()
      const ready = response.statusCode === 200
      const verdict = (text: string[]): Verdict => ({ ready, reason: reasonOf(text.join('')) })
      body.then(verdict).then(resolve, reject)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${answerWithinMs} ms`)))
    request.on('error', reject)
  })
}

function reasonOf(body: string): string {
  try {
    return (JSON.parse(body) as { reasons: string[] }).reasons.join('; ')
  } catch {
    return 'what listens on the admin address is no sidecar'
  }
}

/** An address that stands for all is reached through loopback. */
function target(address: ListenAddress): RequestOptions {
  if (address.kind === 'unix') return { socketPath: address.path }
  const host = loopbackOf[address.host] ?? address.host
  return { host, port: address.port }
}

const loopbackOf: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
