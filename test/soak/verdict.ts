import { setTimeout as sleep } from 'node:timers/promises'
import type { Apps } from './apps.ts'
import type { SoakBank } from './bank.ts'
import type { Files } from './files.ts'
import type { Ledger } from './ledger.ts'
import type { Holdings, SoakProgram } from './program.ts'

export interface VerdictOptions {
  readonly say: (text: string) => void
  readonly apps: Apps
  readonly bank: SoakBank
  readonly files: Files
  readonly ledger: Ledger
  readonly program: SoakProgram
  readonly before: Holdings & { readonly active: number }
  readonly peak: { readonly rssMegabytes: number; readonly settledMegabytes: number }
  readonly recoveredMs: number
  readonly now: () => number
}

/** The most that memory may grow after the first third of the time, and the most at all. */
const growthMegabytes = 60
const mostMegabytes = 400
/** The connection that asks for the figures, that of a token request, a token's renewal. */
const few = 3
/** New credentials that came in a storm are tried again within a minute. */
const rotationMs = 75_000

/** Once the load has ended: what is not as it was, and what went wrong on the way. */
export async function verdict(options: VerdictOptions): Promise<string[]> {
  const { say, apps, bank, files, ledger, program, before, peak, recoveredMs, now } = options
  const failures = [...ledger.violations]
  const expect = (good: boolean, sentence: string): void => {
    if (!good) failures.push(sentence)
  }
  const fact = async (holds: () => Promise<boolean>, withinMs: number): Promise<boolean> => {
    for (const end = now() + withinMs; now() < end; await sleep(250)) if (await holds()) return true
    return false
  }

  const doubled = ledger.doubled()
  expect(doubled.length === 0, `sent twice without a 401: ${doubled.join(', ')}`)
  expect(recoveredMs >= 0, 'it did not recover')
  const rotated = await fact(async () => (await program.status()).thumbprint === files.good(), rotationMs)
  expect(rotated, `the newest good credentials do not serve: ${(await program.status()).lastError}`)
  apps.close()

  const asBefore = async (): Promise<boolean> => {
    const { files: open, sockets } = program.holdings()
    return open <= before.files + few && sockets <= before.sockets + few
  }
  expect(await fact(asBefore, 30_000), `files or sockets stay open: ${JSON.stringify(program.holdings())}`)
  const inFlight = await program.metric('bc_sidecar_requests_in_flight')
  const active = await program.metric('nodejs_active_resources')
  const after = program.holdings()
  expect(inFlight === 0, `${inFlight} requests are in flight`)
  expect(active <= before.active + few, `${active} timers and handles, ${before.active} at the start`)
  const idle = await fact(async () => bank.api.openCount() === 0, 30_000)
  expect(idle, `${bank.api.openCount()} connections to the bank are open`)
  expect(
    after.rssMegabytes <= peak.settledMegabytes + growthMegabytes && peak.rssMegabytes <= mostMegabytes,
    `memory grew: ${JSON.stringify({ ...peak, at: after.rssMegabytes })}`,
  )
  const begin = now()
  const status = await program.stop()
  expect(status === 0, `SIGTERM ended it with ${status}`)
  const figures = { calls: ledger.count(), doubled: doubled.length, violations: ledger.violations.length }
  say(`verdict: ${JSON.stringify({ ...figures, inFlight, recoveredMs, endedMs: Math.round(now() - begin) })}`)
  say(
    `at the end: ${JSON.stringify({ ...after, active, peakMegabytes: peak.rssMegabytes, firstThirdMegabytes: peak.settledMegabytes })}`,
  )
  return failures
}
