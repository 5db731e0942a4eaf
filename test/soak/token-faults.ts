import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { respond, startBank } from '../support/bank.ts'
import { createAuthority } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'
import { type Faults, mixFaults } from './authorization-faults.ts'
import { type Failed, type PayingClients, startPaying } from './paying-clients.ts'
import { openScope, type Scope } from './scope.ts'
import { keepLedger, type Ledger } from './token-ledger.ts'

const usage = `usage: npm run soak:token -- [--seconds N] [--clients N]

Tokens of 5 s and payments, while the authorization endpoint takes a second, fails in every way in turn, and the bank takes
tokens back. Exit 1 when a request went out with an expired token, failed without an explanation, or the budget was exceeded.`

const tokenLifeSeconds = 5
const requestsPerMinute = 60
/** Back-off after a failure is at most 30 s; then a token request of a second. */
const explainedForMs = 35_000
const expected = ['token_unavailable', 'token_throttled']

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    clients: { type: 'string', default: '4' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.info(usage)
else process.exitCode = await soak(Number(values.seconds), Number(values.clients))

async function soak(seconds: number, clients: number): Promise<0 | 1> {
  const scope = openScope()
  try {
    const { bank, ledger, apps } = await start(scope)
    const paying = startPaying({ scope, apps, clients, pauseMs: 20 })
    const signal = AbortSignal.timeout(seconds * 1000)
    const faults = mixFaults({ bank, delayMs: 1_000, random: Math.random, signal })
    const failures = watchFailures(paying, faults)
    await takeTokensBack(ledger, signal)
    await faults.ended
    const recoveredMs = await recovery(paying)
    await paying.stop()
    return report({ seconds, paying, ledger, faults, unexplained: failures(), recoveredMs })
  } finally {
    await scope.close()
  }
}

async function start(scope: Scope) {
  const authority = await createAuthority()
  const bank = await startBank(scope.test, { authority, tokenLifeSeconds })
  bank.api.handler = ({ response }) => respond(response, 201, { paymentId: 'p' })
  const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-soak-'))
  scope.test.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const env = {
    ...writeCredentials(dir, { bank, authority, client: await authority.client() }),
    BC_TOKEN_REQUESTS_PER_MINUTE: String(requestsPerMinute),
    BC_TOKEN_TIMEOUT_MS: '3000',
  }
  const ledger = keepLedger(bank)
  const program = startProgram(scope.test, ['run'], { env })
  return { bank, ledger, apps: await program.apps() }
}

/** Now and then the bank refuses what it gave: never twice within the 30 s of a forced renewal. */
async function takeTokensBack(ledger: Ledger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await sleep(31_000, undefined, { signal }).catch(() => undefined)
    if (!signal.aborted) ledger.revoke()
  }
}

/** A failure is explained by its code, by certainty that nothing was sent, and by a fault not long ago. */
function watchFailures(paying: PayingClients, faults: Faults): () => readonly Failed[] {
  const unexplained: Failed[] = []
  let looked = 0
  const look = (): void => {
    for (const failed of paying.failures.slice(looked)) {
      const inTime = failed.at - faults.lastActiveAt() < explainedForMs
      const known = expected.includes(failed.code) && failed.requestSent === 'no'
      // Without a new token the bank's own refusal is passed on.
      const passedOn = failed.code === 'bank 401'
      if (!inTime || !(known || passedOn)) unexplained.push(failed)
    }
    looked = paying.failures.length
  }
  const timer = setInterval(look, 100)
  return () => {
    clearInterval(timer)
    look()
    return unexplained
  }
}

/** How long until payments go through again once the endpoint is sound. */
async function recovery(paying: PayingClients): Promise<number> {
  const startedAt = performance.now()
  await until(
    () => {
      const last = paying.failures.at(-1)?.at ?? 0
      return performance.now() - Math.max(last, startedAt) > 3_000
    },
    { timeoutMs: 2 * explainedForMs, what: 'payments go through again' },
  )
  return Math.round(performance.now() - startedAt - 3_000)
}

interface Outcome {
  readonly seconds: number
  readonly paying: PayingClients
  readonly ledger: Ledger
  readonly faults: Faults
  readonly unexplained: readonly Failed[]
  readonly recoveredMs: number
}

function report({ seconds, paying, ledger, faults, unexplained, recoveredMs }: Outcome): 0 | 1 {
  const atBank = ledger.report()
  const failed: Record<string, number> = {}
  for (const { code } of paying.failures) failed[code] = (failed[code] ?? 0) + 1
  const payments = { sent: paying.count(), failed, slowestMs: Math.round(paying.slowestMs) }
  console.info(JSON.stringify({ seconds, payments, atBank, faults: faults.counts, recoveredMs }, null, 2))
  const withinBudget = atBank.mostTokenRequestsInAMinute <= requestsPerMinute
  const good = atBank.expired === 0 && atBank.foreign === 0 && unexplained.length === 0 && withinBudget
  if (!good)
    console.error('broken promises', JSON.stringify({ withinBudget, unexplained: unexplained.slice(0, 20) }))
  return good ? 0 : 1
}
