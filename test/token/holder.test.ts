import { test } from 'tap'
import { createRig, failure, jwt, ok } from './rig.ts'

test('however many ask, one token request is under way', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.delayMs = 500
  const waiting = Array.from({ length: 100 }, () => holder.get())
  await clock.advance(500)
  const tokens = await Promise.all(waiting)
  t.equal(new Set(tokens).size, 1)
  t.equal(tokens[0], holder.peek())
  t.equal(await holder.get(), tokens[0])
  t.equal(bank.requests.length, 1)
})

test('a request waits no longer than a token request may take, answer included', async (t) => {
  const { clock, bank, holder } = createRig({ tokenTimeoutMs: 3000 })
  bank.delayMs = 1_000_000
  const first = failure(holder.get())
  await clock.advance(2000)
  const second = failure(holder.get())
  await clock.advance(1000)
  const message = 'the authorization endpoint did not answer completely within 3000 ms'
  t.match(await first, { code: 'token_unavailable', message, retryAfterSeconds: 1 })
  t.match(await second, { code: 'token_unavailable', message, retryAfterSeconds: 1 })
  t.equal(bank.underWay, 0, 'the request was broken off')
})

test('a failed renewal never displaces a token that still holds', async (t) => {
  const { clock, bank, holder } = createRig()
  const token = await holder.get()
  for (const status of [500, 429, 401]) {
    bank.answer = () => ({ status })
    await clock.advance(270_000 - (clock.now() - (bank.requests[0] ?? 0)))
    t.equal(holder.peek(), token)
    t.equal(await holder.get(), token)
  }
  await clock.advance(23_900)
  t.equal(holder.peek(), token, 'until the last 2 %')
  await clock.advance(100)
  t.equal(holder.peek(), undefined)
  t.notOk(holder.holds(token))
})

test('a renewal that failed is tried again while the token is in use', async (t) => {
  const { clock, bank, holder } = createRig()
  await holder.get()
  bank.answer = (request) => (request < 4 ? { status: 500 } : ok('renewed', 300))
  for (let second = 0; second < 280; second++) {
    holder.peek()
    await clock.advance(1000)
  }
  t.equal(bank.requests.length, 4)
  t.match(holder.peek(), { authorization: 'Bearer renewed' })
  t.match(holder.status(), { state: 'valid', lastError: null, nextAttemptAt: null })
})

test('nonsense is remembered as a failure, and tried again with back-off', async (t) => {
  for (const body of ['', '<html>', { access_token: 7 }, { access_token: 'x', expires_in: '-1' }]) {
    const { clock, bank, holder } = createRig()
    bank.answer = () => ({ body })
    const waited = failure(holder.get())
    await clock.advance(0)
    t.match(await waited, { code: 'token_unavailable', message: /answered nonsense/, retryAfterSeconds: 1 })
    t.match(holder.status(), { state: 'failed', requests: { failed: 1 } })
  }
})

test('what breaks inside is a failure like any other', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.answer = () => {
    throw new TypeError('secret')
  }
  const waited = failure(holder.get())
  await clock.advance(0)
  const error = await waited
  t.match(error, { code: 'token_unavailable', message: 'the token request failed (no code)' })
})

test('while the bank gives the same token again, it is not asked before that has run out', async (t) => {
  const { clock, bank, holder } = createRig()
  const same = jwt({ iat: 0, exp: 300 })
  bank.answer = () => ok(same, 300)
  const first = await holder.get()
  for (let second = 0; second < 294; second++) {
    if (holder.peek()?.authorization !== first.authorization) t.fail('the token is not kept')
    await clock.advance(1000)
  }
  t.equal(bank.requests.length, 2, 'one in vain, ahead of expiry')
  t.equal(holder.peek(), undefined, 'however long the second answer says that it lives')
  const waited = failure(holder.get())
  await clock.advance(0)
  t.match(await waited, { message: 'the token had run out when it arrived', retryAfterSeconds: 6 })
  bank.answer = () => ok('another', 300)
  await clock.advance(6000)
  t.match(holder.peek(), { authorization: 'Bearer another' })
  t.equal(bank.requests.length, 4)
})

test('a token that the bank still gives when it has ended for certain begins anew', async (t) => {
  const { clock, bank, holder } = createRig()
  const same = jwt({ iat: 0, exp: 300 })
  bank.answer = () => ok(same, 300)
  await holder.get()
  const without: number[] = []
  for (let second = 0; second < 600; second++) {
    if (holder.peek() === undefined) await holder.get().catch(() => without.push(second))
    await clock.advance(1000)
  }
  t.equal(without.at(0), 294)
  t.ok(Number(without.at(-1)) >= 315 && Number(without.at(-1)) < 340, `nothing held until ${without.at(-1)}`)
})

test('an opaque token that the bank gives again lives as long as the later answer says', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.answer = () => ok('same', 300)
  await holder.get()
  for (let second = 0; second < 1500; second++) {
    if (holder.peek() === undefined) t.fail('the token is not kept')
    await clock.advance(1000)
  }
  t.equal(bank.requests.length, 6, 'each time ahead of its end')
})

test('an opaque token that the bank gives again for what is left is not asked for again before its end', async (t) => {
  const { clock, bank, holder } = createRig()
  const endsAt = clock.now() + 300_000
  bank.answer = () => ok('same', Math.ceil((endsAt - clock.now()) / 1000))
  await holder.get()
  for (let second = 0; second < 294; second++) {
    if (holder.peek() === undefined) t.fail('the token is not kept')
    await clock.advance(1000)
  }
  t.equal(bank.requests.length, 2)
  t.equal(holder.peek(), undefined)
})

test('a token that comes too late is a failure', async (t) => {
  const { clock, bank, holder } = createRig()
  bank.delayMs = 3000
  bank.lifetimeSeconds = 2
  const waited = failure(holder.get())
  await clock.advance(3000)
  t.match(await waited, { code: 'token_unavailable', message: /had run out/, retryAfterSeconds: 1 })
})
