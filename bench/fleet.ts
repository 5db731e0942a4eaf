import { setTimeout } from 'node:timers/promises'
import { type SoakProgram, startSoakProgram } from '../test/soak/program.ts'
import { type FleetGround, type Revivable, startFleetGround } from './fleet-ground.ts'

// Thirty real sidecars, each a process of its own, a real redis-server and the simulated bank with tokens of 60 s: what the bank is
// asked, what Redis does for it, and what the apps see, each of which calls every second. About six minutes: npm run bench:fleet

const count = 30
const tokenTtlSeconds = 60
const secondMs = 1_000
const answerWithinMs = 20_000

interface Call {
  readonly ms: number
  readonly ok: boolean
}

async function measure(ground: FleetGround, sidecars: SoakProgram[]): Promise<void> {
  const { redis, bank } = ground
  console.log(
    '| | seconds | token requests | Redis commands/s | most in a second | calls | failed | median ms | 99 % ms | most ms |',
  )
  console.log(`|---|${'---:|'.repeat(9)}`)
  const env = { PATH: String(process.env['PATH']), ...ground.env }
  const line = (text: string): void => void (text.startsWith('{') || console.error(text))
  const deploy = async (): Promise<Call[]> => {
    const start = async (): Promise<Call> => {
      const sidecar = await startSoakProgram({ env, line })
      sidecars.push(sidecar)
      return await callOnce(sidecar)
    }
    return await Promise.all(Array.from({ length: count }, start))
  }
  await tell('thirty start at once', ground, deploy)
  await tell('at work', ground, () => callFor(90, sidecars))
  await tell('nobody calls', ground, () => setTimeout(30_000, []))
  const killed = disturb(redis, ['SIGKILL'], () => redis.start())
  await tell('Redis killed for 5 s, four times, and empty afterwards', ground, () =>
    callFor(90, sidecars, killed),
  )
  const frozen = disturb(redis, ['SIGSTOP'], () => redis.signal('SIGCONT'))
  await tell('Redis hangs for 5 s, four times', ground, () => callFor(90, sidecars, frozen))
  const stopped = disturb(bank, ['SIGKILL'], () => bank.start(), 1)
  await tell('the bank is killed for 5 s, and knows no token afterwards', ground, () =>
    callFor(30, sidecars, stopped),
  )
}

/** Again and again: 10 s of peace, then 5 s of this. */
function disturb(what: Revivable, signals: readonly NodeJS.Signals[], mend: () => void, times = 4) {
  return async (): Promise<void> => {
    for (let time = 0; time < times; time++) {
      await setTimeout(10_000)
      for (const signal of signals) what.signal(signal)
      await setTimeout(5_000)
      mend()
    }
  }
}

async function tell(
  name: string,
  { asked, commands }: FleetGround,
  phase: () => Promise<Call[]>,
): Promise<void> {
  const [from, askedBefore, commandsBefore] = [performance.now(), asked.length, await commands()]
  const perSecond: number[] = []
  let last = commandsBefore
  const sample = async (): Promise<void> => {
    const now = await commands()
    perSecond.push(now - last)
    last = now
  }
  const timer = setInterval(() => void sample(), secondMs)
  const calls = await phase()
  clearInterval(timer)
  await sample()
  const seconds = (performance.now() - from) / secondMs
  const times = calls.map(({ ms }) => ms).toSorted((a, b) => a - b)
  const percentile = (share: number): number => Math.round(times[Math.floor(times.length * share)] ?? 0)
  const failed = calls.filter(({ ok }) => !ok).length
  console.log(
    `| ${name} | ${Math.round(seconds)} | ${asked.length - askedBefore} | ${Math.round((last - commandsBefore) / seconds)} | ` +
      `${Math.max(...perSecond)} | ${calls.length} | ${failed} | ${percentile(0.5)} | ${percentile(0.99)} | ${Math.round(times.at(-1) ?? 0)} |`,
  )
}

/** Every app, once a second. */
async function callFor(
  seconds: number,
  sidecars: readonly SoakProgram[],
  meanwhile: () => Promise<void> = async () => {},
): Promise<Call[]> {
  const until = performance.now() + seconds * secondMs
  const callOn = async (sidecar: SoakProgram): Promise<Call[]> => {
    const calls: Call[] = []
    await setTimeout(secondMs * Math.random())
    for (; performance.now() < until; await setTimeout(secondMs)) calls.push(await callOnce(sidecar))
    return calls
  }
  const [calls] = await Promise.all([Promise.all(sidecars.map(callOn)), meanwhile()])
  return calls.flat()
}

async function callOnce({ apps }: SoakProgram): Promise<Call> {
  const from = performance.now()
  try {
    const answer = await fetch(`${apps}/api/v1/accounts`, { signal: AbortSignal.timeout(answerWithinMs) })
    await answer.arrayBuffer()
    return { ms: performance.now() - from, ok: answer.ok }
  } catch {
    return { ms: performance.now() - from, ok: false }
  }
}

const ground = await startFleetGround(tokenTtlSeconds)
const sidecars: SoakProgram[] = []
try {
  await measure(ground, sidecars)
} finally {
  await Promise.all(sidecars.map((one) => one.stop()))
  await ground.close()
}
