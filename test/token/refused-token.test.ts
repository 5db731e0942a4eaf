import { test } from 'tap'
import { createRig, failure, ok } from './rig.ts'

test('a refused token is dropped, and one new one is fetched for all', async (t) => {
  const { clock, bank, holder } = createRig()
  const refused = await holder.get()
  bank.delayMs = 100
  const waiting = Array.from({ length: 50 }, () => holder.replacement(refused))
  const other = holder.get()
  t.equal(holder.peek(), undefined)
  t.notOk(holder.holds(refused), 'no other request goes out with it')
  await clock.advance(100)
  const fresh = await other
  t.strictSame(new Set(await Promise.all(waiting)), new Set([fresh]))
  t.not(fresh.authorization, refused.authorization)
  t.ok(holder.holds(fresh))
  t.equal(bank.requests.length, 2)
})

test('the refusal of an older token changes nothing', async (t) => {
  const { clock, bank, holder } = createRig()
  const refused = await holder.get()
  const fresh = await holder.replacement(refused)
  await clock.advance(60_000)
  holder.refuse(refused)
  t.equal(await holder.replacement(refused), fresh)
  t.equal(holder.peek(), fresh)
  t.equal(bank.requests.length, 2)
})

test('refused fresh tokens lead to one forced renewal per 30 s, and stay in use meanwhile', async (t) => {
  const { clock, bank, holder } = createRig({ requestsPerMinute: 100 })
  let token = await holder.get()
  const reasons = new Set<unknown>()
  for (let second = 0; second < 300; second++) {
    await holder.replacement(token).catch(({ code, message }) => reasons.add(`${code}: ${message}`))
    token = await holder.get()
    if (!holder.holds(token)) t.fail('the token in use is not held')
    await clock.advance(1000)
  }
  t.ok(reasons.size > 0)
  for (const reason of reasons) t.match(reason, /^token_unavailable: .*no other can be had/)
  t.equal(bank.requests.length, 11)
})

test('a refusal while a renewal is under way asks for nothing more', async (t) => {
  const { clock, bank, holder } = createRig()
  const refused = await holder.get()
  bank.delayMs = 100
  await clock.advance(270_000)
  holder.peek()
  const waited = holder.replacement(refused)
  t.equal(holder.peek(), undefined)
  await clock.advance(100)
  const fresh = await waited
  t.equal(bank.requests.length, 2)
  const next = holder.replacement(fresh)
  await clock.advance(100)
  await next
  t.equal(bank.requests.length, 3, 'that was no forced one')
})

test('when no other can be asked for now, the token stays, and the caller learns', async (t) => {
  const { holder, bank } = createRig({ requestsPerMinute: 1 })
  const token = await holder.get()
  t.match(await failure(holder.replacement(token)), { code: 'token_unavailable', retryAfterSeconds: 1 })
  t.equal(holder.peek(), token)
  t.ok(holder.holds(token))
  t.equal(bank.requests.length, 1)
})

test('when the new one cannot be had, callers learn why, and the timer tries again', async (t) => {
  const { clock, bank, holder } = createRig()
  const refused = await holder.get()
  bank.answer = () => ({ status: 500 })
  const waited = failure(holder.replacement(refused))
  await clock.advance(0)
  t.match(await waited, { code: 'token_unavailable', message: /answered 500/ })
  t.equal(holder.peek(), undefined)
  t.match(await failure(holder.replacement(refused)), { message: /answered 500/ })
  bank.answer = () => ok('fine', 300)
  await clock.advance(1000)
  t.match(holder.peek(), { authorization: 'Bearer fine' })
})

test('a bank that gives the refused token again gives no other', async (t) => {
  const { bank, holder } = createRig()
  bank.answer = () => ok('same', 300)
  const token = await holder.get()
  t.match(await failure(holder.replacement(token)), { message: /no other can be had/ })
  t.match(await holder.get(), { authorization: 'Bearer same' }, 'it is the best there is')
  t.ok(holder.holds(token))
  t.equal(bank.requests.length, 2)
})
