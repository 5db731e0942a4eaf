import { test } from 'tap'
import { createRig, failure } from './rig.ts'

const hours = 3_600_000

test('a wall clock that is set back changes nothing', async (t) => {
  const { clock, bank, holder } = createRig()
  const token = await holder.get()
  clock.jumpWall(-5 * hours)
  await clock.advance(293_999)
  t.ok(holder.holds(token))
  await clock.advance(1)
  t.notOk(holder.holds(token))
  t.equal(bank.requests.length, 1)
})

test('a wall clock that is set forward costs one token request', async (t) => {
  const { clock, bank, holder } = createRig()
  const token = await holder.get()
  clock.jumpWall(5 * hours)
  t.notOk(holder.holds(token))
  t.equal(holder.peek(), undefined)
  const next = await holder.get()
  await clock.advance(200_000)
  t.equal(holder.peek(), next)
  t.equal(bank.requests.length, 2)
})

test('a machine that slept sends no expired token, whatever the wall clock does later', async (t) => {
  const { clock, bank, holder } = createRig()
  const token = await holder.get()
  clock.suspend(293_999)
  t.equal(holder.peek(), token)
  clock.suspend(1)
  t.equal(holder.peek(), undefined)
  clock.jumpWall(-hours)
  t.equal(holder.peek(), undefined)
  t.not(await holder.get(), token)
  t.equal(bank.requests.length, 2)
})

test('status sees a token that ended while the machine slept', async (t) => {
  const { clock, holder } = createRig()
  await holder.get()
  clock.suspend(hours)
  t.match(holder.status(), { state: 'none', expiresAt: null })
})

test('an attempt during which the clock leapt is made once more', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.delayMs = 1000
  const waited = holder.get()
  await clock.advance(500)
  clock.jumpWall(5 * hours)
  await clock.advance(1500)
  t.match(await waited, { authorization: 'Bearer token-2' })
  t.equal(bank.requests.length, 2)
})

test('an attempt that failed while the machine slept is made once more, and not twice', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.delayMs = 1000
  bank.answer = () => ({ error: new Error('connection lost') })
  const waited = failure(holder.get())
  await clock.advance(500)
  clock.suspend(hours)
  await clock.advance(1500)
  t.match(await waited, { code: 'token_unavailable' })
  t.equal(bank.requests.length, 2)
})

test('tokens of five seconds and of an hour hold for 98 % of their life, from when they were asked for', async (t) => {
  for (const lifetimeSeconds of [5, 3600]) {
    const { clock, bank, holder } = createRig()
    bank.lifetimeSeconds = lifetimeSeconds
    bank.delayMs = 1000
    const waited = holder.get()
    await clock.advance(1000)
    const token = await waited
    const left = lifetimeSeconds * 980 - 1000
    await clock.advance(left - 1)
    t.ok(holder.holds(token))
    await clock.advance(1)
    t.notOk(holder.holds(token))
  }
})
