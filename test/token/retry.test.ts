import { test } from 'tap'
import { createRig, failure, ok } from './rig.ts'

const refused = [{ status: 401 }, { status: 403 }, { status: 500 }, { error: new Error('connection lost') }]

test('after refused credentials and plain failures, the next try is made at once when asked to', async (t) => {
  for (const answer of refused) {
    const { clock, bank, holder } = createRig({ random: () => 0.999 })
    bank.answer = (request) => (request === 1 ? answer : ok('fine', 300))
    holder.start('now')
    await clock.advance(100)
    holder.retry()
    await clock.advance(0)
    t.match(holder.peek(), { authorization: 'Bearer fine' })
    t.match(holder.status(), { state: 'valid', nextAttemptAt: null })
  }
})

test('that holds when nobody has wanted a token since, and for one that still holds', async (t) => {
  const idle = createRig()
  idle.bank.answer = () => ({ status: 403 })
  void failure(idle.holder.get())
  await idle.clock.advance(3_600_000)
  const asked = idle.bank.requests.length
  idle.holder.retry()
  await idle.clock.advance(3_600_000)
  t.equal(idle.bank.requests.length, asked + 1)

  const { clock, bank, holder } = createRig()
  await holder.get()
  bank.answer = (request) => (request === 2 ? { status: 403 } : ok('renewed', 300))
  await clock.advance(270_000)
  holder.peek()
  await clock.advance(0)
  t.match(holder.peek(), { authorization: 'Bearer token-1' })
  holder.retry()
  await clock.advance(0)
  t.match(holder.peek(), { authorization: 'Bearer renewed' })
})

test('what the bank asked for is waited for, however often it is asked to try', async (t) => {
  const rows = [
    { status: 429, headers: {}, waitMs: 9_995 },
    { status: 429, headers: { 'retry-after': '20' }, waitMs: 21_998 },
    { status: 503, headers: { 'retry-after': '20' }, waitMs: 20_000 },
    { status: 503, headers: { 'retry-after': '0' }, waitMs: 0 },
  ]
  for (const { waitMs, ...answer } of rows) {
    const { clock, bank, holder } = createRig({ random: () => 0.999 })
    bank.answer = (request) => (request === 1 ? answer : ok('fine', 300))
    const startedAt = clock.now()
    void failure(holder.get())
    await clock.advance(0)
    for (let second = 0; second < 30; second++) {
      holder.retry()
      await clock.advance(1_000)
    }
    t.equal(Math.round(Number(bank.requests[1]) - startedAt), waitMs)
  }
})

test('no more token requests are made in a minute for that', async (t) => {
  const { clock, bank, holder } = createRig({ requestsPerMinute: 3 })
  bank.answer = () => ({ status: 403 })
  holder.start('now')
  for (let second = 0; second < 59; second++) {
    await clock.advance(1_000)
    holder.retry()
  }
  t.equal(bank.requests.length, 3)
  await clock.advance(1_000)
  t.equal(bank.requests.length, 4, 'as soon as there is one more')
})

test('without a failure there is nothing to try again', async (t) => {
  const { clock, bank, holder, another } = createRig()
  holder.retry()
  await clock.advance(1_000)
  t.equal(bank.requests.length, 0)
  const token = await holder.get()
  holder.retry()
  t.equal(holder.peek(), token)

  const retired = another()
  bank.answer = () => ({ status: 403 })
  void failure(retired.get())
  await clock.advance(0)
  bank.delayMs = 1_000
  retired.retry()
  retired.retry()
  t.equal(bank.requests.length, 3, 'one is under way')
  retired.retire()
  retired.retry()
  await clock.advance(0)
  t.equal(bank.requests.length, 3)
  t.equal(bank.underWay, 0)
})

test('asked to try while a request is under way, it tries again once that has failed, and only once', async (t) => {
  for (const failures of [0, 1]) {
    const { clock, bank, holder } = createRig({ random: () => 0.999 })
    bank.answer = () => ({ status: 401 })
    for (let count = 0; count < failures; count++) {
      void failure(holder.get())
      await clock.advance(120_000)
    }
    const before = bank.requests.length
    bank.delayMs = 5_000
    holder.retry()
    void failure(holder.get())
    await clock.advance(1_000)
    holder.retry()
    holder.retry()
    await clock.advance(10_000)
    t.equal(bank.requests.length, before + 2)
    await clock.advance(20_000)
    t.equal(bank.requests.length, before + 2, 'then it waits as usual')
  }
})
