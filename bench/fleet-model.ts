import { createModelBank, type ModelSidecar, startModelSidecar } from '../test/fleet/fleet-rig.ts'
import { createModelRedis } from '../test/fleet/model-redis.ts'
import { createHeapClock } from './fleet-clock.ts'

// What a large fleet costs: the real tokens and the real part in the fleet of every sidecar; only time, network, Redis and bank
// are models (Redis: 1 ms there and back; bank: 200 ms, 429 from 21 requests a minute on). Every sidecar's app calls every 5 s.
// npm run bench:fleet-model -- 1000

const callEveryMs = 5_000
const secondMs = 1_000
const outageMs = 60_000

const clock = createHeapClock()
const redis = createModelRedis(clock)
const bank = createModelBank()
redis.latencyMs = 1
bank.delayMs = 200
// As strict as the simulator is by default: the bank's own threshold is not published.
const throttlePerMinute = 20
const { answer: give } = bank
bank.answer = (request) => {
  const since = clock.now() - 60_000
  const inMinute = bank.requests.slice(-throttlePerMinute - 1).filter((at) => at > since)
  return inMinute.length > throttlePerMinute ? { status: 429 } : give(request)
}
let phase = newPhase()

interface Phase {
  readonly from: number
  readonly commandsBefore: number
  readonly requestsBefore: number
  readonly perSecond: number[]
  readonly waits: number[]
  calls: number
  failures: number
}

function newPhase(): Phase {
  const [from, commandsBefore, requestsBefore] = [clock.now(), redis.commands, bank.requests.length]
  return { from, commandsBefore, requestsBefore, perSecond: [], waits: [], calls: 0, failures: 0 }
}

async function call({ holder }: ModelSidecar, current: Phase): Promise<void> {
  current.calls++
  if (holder.peek() !== undefined) return
  const from = clock.now()
  try {
    await holder.get()
    current.waits.push(clock.now() - from)
  } catch {
    current.failures++
  }
}

/** Seconds pass, with apps at work. */
async function pass(ms: number, sidecars: readonly ModelSidecar[]): Promise<void> {
  const share = secondMs / callEveryMs
  for (let at = 0; at < ms; at += secondMs) {
    const before = redis.commands
    const turn = (at / secondMs) % (1 / share)
    for (let index = turn; index < sidecars.length; index += 1 / share)
      void call(sidecars[index] as ModelSidecar, phase)
    await clock.advance(secondMs)
    phase.perSecond.push(redis.commands - before)
  }
}

function tell(name: string): void {
  const { from, commandsBefore, requestsBefore, perSecond, waits, calls, failures } = phase
  const minutes = (clock.now() - from) / 60_000
  const sorted = waits.toSorted((a, b) => a - b)
  const percentile = (share: number): number => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)
  const asked = bank.requests.slice(requestsBefore)
  const peak = Math.max(0, ...asked.map((at) => asked.filter((one) => one >= at && one < at + 60_000).length))
  const mean = Math.round((redis.commands - commandsBefore) / minutes / 60)
  console.log(
    `| ${name} | ${Math.round(minutes * 10) / 10} | ${asked.length} | ${peak} | ${mean} | ${Math.max(...perSecond)} | ` +
      `${calls} | ${waits.length} | ${percentile(0.5)} | ${percentile(0.99)} | ${Math.round(sorted.at(-1) ?? 0)} | ${failures} |`,
  )
  phase = newPhase()
}

/** To right before the token that all have is due for renewal. */
async function toRenewal(sidecars: readonly ModelSidecar[]): Promise<void> {
  const leftMs = Math.max(...sidecars.map(({ holder }) => (holder.peek()?.renewAt ?? 0) - clock.now()))
  await pass(Math.max(0, Math.floor((leftMs - 8_000) / secondMs)) * secondMs, sidecars)
  phase = newPhase()
}

async function simulate(count: number): Promise<void> {
  console.log(`\n${count} sidecars\n`)
  console.log(
    '| | minutes | token requests | most in a minute | Redis commands/s | most in a second | calls of apps | had to wait | median ms | 99 % ms | most ms | failed |',
  )
  console.log(`|---|${'---:|'.repeat(11)}`)
  const sidecars: ModelSidecar[] = []
  for (let second = 0; second < 10; second++) {
    const more = Array.from({ length: count / 10 }, () =>
      startModelSidecar({ clock, redis, bank, keepEvents: false }),
    )
    for (const { holder } of more) holder.start('now')
    sidecars.push(...more)
    await pass(secondMs, sidecars)
  }
  tell('deployment, within 10 s')
  await pass(60_000, sidecars)
  tell('at rest')
  await toRenewal(sidecars)
  await pass(60_000, sidecars)
  tell('renewal')
  await toRenewal(sidecars)
  await failOver(sidecars, 10_000)
  tell('Redis fails over at the renewal: hangs 10 s, comes back empty')
  await toRenewal(sidecars)
  await failOver(sidecars, 60_000)
  tell('Redis is away for 60 s from the renewal on, and comes back empty')
  await toRenewal(sidecars)
  const { answer } = bank
  bank.answer = () => ({ status: 503 })
  await pass(outageMs, sidecars)
  bank.answer = answer
  await pass(outageMs, sidecars)
  tell('the bank is down for 60 s from the renewal on')
}

async function failOver(sidecars: readonly ModelSidecar[], awayMs: number): Promise<void> {
  redis.mood = 'hanging'
  await pass(awayMs, sidecars)
  redis.values.clear()
  redis.mood = 'fine'
  redis.cut()
  await pass(60_000 - (awayMs % 60_000), sidecars)
}

await simulate(Number(process.argv[2] ?? 1_000))
