import { setTimeout as sleep } from 'node:timers/promises'
import { createAuthority } from '../support/pki.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { type Apps, bodyLimitBytes, createApps } from './apps.ts'
import { startSoakBank } from './bank.ts'
import { createFiles } from './files.ts'
import { createJudge } from './judge.ts'
import { createLedger } from './ledger.ts'
import { startSoakProgram } from './program.ts'
import { createRandom } from './random.ts'
import { verdict } from './verdict.ts'
import { createWeather } from './weather.ts'

export interface SoakOptions {
  readonly seconds: number
  readonly ratePerSecond: number
  readonly seed: number
  readonly dir: string
  readonly say: (text: string) => void
}

/** Everything goes wrong at once for `seconds`, then nothing: what failed, in sentences. */
export async function soak(options: SoakOptions): Promise<string[]> {
  const closers: (() => unknown)[] = []
  try {
    return await soakWith(options, closers)
  } finally {
    for (const close of closers.reverse()) await close()
  }
}

async function soakWith(options: SoakOptions, closers: (() => unknown)[]): Promise<string[]> {
  const { seconds, seed, dir, say } = options
  const now = () => performance.now()
  const [random, ledger] = [createRandom(seed), createLedger()]
  const weather = createWeather(random, now)
  const authority = await createAuthority()
  const t = { teardown: (close: () => unknown) => void closers.push(close) }
  const bank = await startSoakBank(t, { authority, ledger, random, weather, now })
  const first = await authority.client({ name: 'soak-0' })
  const env = { ...writeCredentials(dir, { bank, authority, client: first }), ...settings }
  const secrets = [
    bank.password,
    Buffer.from(`${bank.username}:${bank.password}`).toString('base64'),
    'Bearer ey',
  ]
  const program = await startSoakProgram({
    env,
    line(text) {
      if (secrets.some((secret) => text.includes(secret))) ledger.violate('a secret is in the log')
      if (!text.startsWith('{')) ledger.violate(`the sidecar says: ${text}`)
    },
  })
  closers.push(() => program.kill())
  const judge = createJudge({ bank, ledger, weather })
  const apps = createApps({ origin: program.apps, random, heard: (outcome) => judge.hear(outcome) })
  const files = createFiles({ dir, authority, random, first, password: bank.password })

  await well(apps, 30_000)
  await sleep(idleMs)
  const before = { ...program.holdings(), active: await program.metric('nodejs_active_resources') }
  say(`at the start: ${JSON.stringify(before)}`)
  const peak = await storm({ ...options, apps, bank, files, program, random, weather, now })
  weather.clear()
  bank.api.onSocket = undefined
  files.mend()
  const recoveredMs = await well(apps, 90_000)
  say(`after ${seconds} s: ${JSON.stringify({ ...apps.counts })}`)
  say(`the bank: ${JSON.stringify({ ...bank.counts, ...files.counts })}`)
  say(`the apps heard: ${JSON.stringify(judge.results)}`)
  return verdict({ say, apps, bank, files, ledger, program, before, peak, recoveredMs, now })
}

const settings = {
  BC_ENVIRONMENT: 'soak',
  BC_TOKEN_REQUESTS_PER_MINUTE: '60',
  BC_REFRESH_MARGIN_MS: '8000',
  BC_TOKEN_TIMEOUT_MS: '2000',
  BC_RESPONSE_TIMEOUT_MS: '2000',
  BC_CONNECT_TIMEOUT_MS: '2000',
  BC_KEEP_ALIVE_TIMEOUT_MS: '2000',
  BC_MAX_IN_FLIGHT: '100',
  BC_BODY_LIMIT_BYTES: String(bodyLimitBytes),
  BC_REPLAY_LIMIT_BYTES: String(bodyLimitBytes),
}

/** Longer than idle connections to the bank live. */
const idleMs = 3_000

/** How long it took until a plain call succeeded; -1 when it did not within that time. */
async function well(apps: Apps, withinMs: number): Promise<number> {
  const begin = performance.now()
  while (performance.now() - begin < withinMs) {
    if ((await apps.probe()).result === '200') return Math.round(performance.now() - begin)
    await sleep(250)
  }
  return -1
}

interface Storm extends SoakOptions {
  readonly apps: Apps
  readonly bank: Awaited<ReturnType<typeof startSoakBank>>
  readonly files: ReturnType<typeof createFiles>
  readonly program: Awaited<ReturnType<typeof startSoakProgram>>
  readonly random: ReturnType<typeof createRandom>
  readonly weather: ReturnType<typeof createWeather>
  readonly now: () => number
}

/** The load, and all faults; resolves with the most memory that was seen, when every app is through. */
async function storm(all: Storm): Promise<{ rssMegabytes: number; settledMegabytes: number }> {
  const { seconds, ratePerSecond, apps, bank, files, program, random, weather, now } = all
  const end = now() + seconds * 1000
  const acting = new Set<Promise<void>>()
  const rss: number[] = []
  const until = async (act: () => Promise<number>): Promise<void> => {
    while (now() < end) await sleep(Math.min(await act(), Math.max(0, end - now())))
  }
  await Promise.all([
    until(async () => {
      const one = apps.act().finally(() => acting.delete(one))
      acting.add(one)
      return (1000 / ratePerSecond) * 2 * random.next()
    }),
    until(async () => {
      const ms = weather.turn()
      bank.api.onSocket = weather.unreachable ? (socket) => void socket.destroy() : undefined
      if (weather.stormy && random.chance(0.1)) bank.revoke()
      return ms
    }),
    until(async () => {
      await files.disturb()
      return random.between(3_000, 9_000)
    }),
    until(async () => {
      rss.push(program.holdings().rssMegabytes)
      return 1_000
    }),
  ])
  await Promise.all(acting)
  const third = rss.slice(0, Math.ceil(rss.length / 3))
  return { rssMegabytes: Math.max(...rss), settledMegabytes: Math.max(...third) }
}
