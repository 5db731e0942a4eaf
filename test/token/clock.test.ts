import { test } from 'tap'
import { createClock } from '../../src/token/clock.ts'

test('the real clock: two times, chance, and timers', async (t) => {
  const clock = createClock()
  t.ok(clock.now() > 0 && clock.wallNow() > clock.now())
  t.ok(clock.random() < 1)
  clock.schedule(() => t.fail('cancelled'), 0)()
  const cancel = clock.schedule(() => t.fail('2 ** 40 ms are not 1 ms'), 2 ** 40)
  // Its timers keep no process alive.
  const alive = setInterval(() => {}, 60_000)
  await new Promise<void>((resolve) => void clock.schedule(resolve, 1))
  clearInterval(alive)
  cancel()
})

test('each part can be replaced', async (t) => {
  const clock = createClock({ now: () => 7 })
  t.equal(clock.now(), 7)
})
