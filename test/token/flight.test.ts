import { test } from 'tap'
import { SidecarError } from '../../src/errors.ts'
import { obtainFromBank } from '../../src/token/bank-obtain.ts'
import { createBudget } from '../../src/token/budget.ts'
import { createFlight } from '../../src/token/flight.ts'
import type { ObtainedToken } from '../../src/token/token.ts'
import { createManualClock } from './clock.ts'
import { failure } from './rig.ts'

test('whatever is thrown, those who wait get an error of ours, and the next attempt can begin', async (t) => {
  const clock = createManualClock()
  const cause = new Error('secret')
  let ends = 0
  const flight = createFlight({
    obtain: () => Promise.reject(cause),
    clock,
    timeoutMs: 1000,
    leisureMs: () => 0,
    land: (obtained) => obtained,
    crash: (error) => error,
    ended: () => void ends++,
  })
  const message = 'the token request failed inside the sidecar'
  t.match(await failure(flight.begin()), { code: 'token_unavailable', message, cause })
  t.equal(flight.underWay(), undefined)
  await failure(flight.wait(flight.begin()))
  t.equal(ends, 2)
  t.equal(clock.pending(), 0)
})

test('an attempt ends when its time is over, which begins when somebody waits, or nobody has leisure any more', async (t) => {
  const clock = createManualClock()
  const obtain = (signal: AbortSignal) =>
    new Promise<ObtainedToken>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
  const land = (obtained: ObtainedToken) => obtained
  const crash = (error: SidecarError) => error
  const times = { timeoutMs: 1_000, leisureMs: () => 5_000 }
  const flight = createFlight({ obtain, clock, ...times, land, crash, ended: () => {} })
  const late = /did not answer completely within 1000 ms/
  const unhurried = failure(flight.begin())
  await clock.advance(5_999)
  t.ok(flight.underWay())
  await clock.advance(1)
  t.match(await unhurried, { code: 'token_unavailable', message: late })
  const flying = flight.begin()
  await clock.advance(3_000)
  const first = failure(flight.wait(flying))
  await clock.advance(500)
  const second = failure(flight.wait(flying))
  await clock.advance(500)
  t.match(await first, { message: late })
  t.match(await second, { message: late })
  const budget = createBudget({ requestsPerMinute: 4, clock })
  const bank = obtainFromBank({ request: obtain, budget, clock, timeoutMs: 1_000, count: () => {} })
  const { signal } = new AbortController()
  const asked = failure(bank(signal, signal))
  await clock.advance(1_000)
  t.match(await asked, { message: late })
  t.equal(clock.pending(), 0)
})

test('requests to the bank are counted by how they ended, and come out of the budget', async (t) => {
  const clock = createManualClock()
  const budget = createBudget({ requestsPerMinute: 4, clock })
  const counted: string[] = []
  const rows: [() => Promise<ObtainedToken>, string][] = [
    [
      async () => ({ value: 'x', lifetimeMs: 1, thumbprint: null, dated: true, sentAt: 0, wallSentAt: 0 }),
      'ok',
    ],
    [() => Promise.reject(new SidecarError('token_throttled', '')), 'throttled'],
    [() => Promise.reject(new SidecarError('credentials_rejected', '')), 'rejected'],
    [() => Promise.reject(new Error('')), 'failed'],
  ]
  for (const [request] of rows) {
    const count = (result: string) => void counted.push(result)
    const { signal } = new AbortController()
    await obtainFromBank({ request, budget, clock, timeoutMs: 1000, count })(signal, signal).catch(() => {})
  }
  t.strictSame(
    counted,
    rows.map(([, result]) => result),
  )
  t.equal(budget.remaining(), 0)
})
