import { test } from 'tap'
import { createFleet } from '../../src/fleet/fleet.ts'
import { deriveKeys } from '../../src/fleet/identity.ts'
import { createLedger } from '../../src/fleet/ledger.ts'
import { createLink } from '../../src/fleet/link.ts'
import { createMember, type FleetToken, type Member } from '../../src/fleet/member.ts'
import { createPatience } from '../../src/fleet/patience.ts'
import { Secret } from '../../src/secret.ts'
import { createManualClock } from '../token/clock.ts'
import { createModelRedis } from './model-redis.ts'

const identity = {
  environment: 'sandbox',
  authorizationUrl: 'https://a.test',
  username: new Secret('user'),
  password: new Secret('password'),
  thumbprint: 'AA',
  keyDigest: new Secret('key'),
  handshakeDigest: '',
}
const calm = new AbortController().signal

function createRig() {
  const clock = createManualClock(() => 0.5)
  const redis = createModelRedis(clock)
  const link = createLink({ open: redis.open, clock, report: () => {} })
  const ledger = createLedger(link, deriveKeys(identity))
  const results: string[] = []
  const count = (result: string) => void results.push(result)
  const member = (owner: string) => createMember({ ledger, link, clock, owner, requestsPerMinute: 6, count })
  const claim = async (one: Member, known?: FleetToken) => {
    const claimed = one.claim(known, calm)
    await clock.advance(0)
    return await claimed
  }
  const lease = async (one: Member, known?: FleetToken) => {
    const claimed = await claim(one, known)
    if (claimed.kind !== 'lease') throw new Error(claimed.kind)
    return claimed.lease
  }
  const token = (value: string): FleetToken => {
    const moment = { sentAt: clock.now(), wallSentAt: clock.wallNow() }
    return { value, lifetimeMs: 300_000, thumbprint: null, dated: true, ...moment }
  }
  return { clock, redis, link, ledger, results, member, claim, lease, token }
}

/** Its process stands still: nothing of it is written until it goes on. */
async function standStill({ clock, redis }: ReturnType<typeof createRig>, ms: number): Promise<void> {
  const { values } = redis
  const [pace] = [...values.keys()].filter((key) => key.includes(':pace:'))
  await clock.advance(ms)
  values.delete(String(pace))
}

test('two that asked at the same time do not fight: the newer token stays', async (t) => {
  const rig = createRig()
  const { clock, member, lease, claim, token } = rig
  const [late, quick] = [member('late'), member('quick')]
  const first = await lease(late)
  const older = token('older')
  await standStill(rig, 500)
  const second = await lease(quick)
  await clock.advance(1_500)
  second.fulfil(token('newer'))
  await clock.advance(0)
  first.fulfil(older)
  await clock.advance(0)
  t.match(await claim(member('third')), { kind: 'token', token: { value: 'newer' } })
})

test('who has lost the lease ends nobody else’s, and its failure holds for nobody but for a 429', async (t) => {
  const rig = createRig()
  const { clock, member, lease, claim } = rig
  for (const kind of ['failed', 'throttled'] as const) {
    const first = await lease(member('first'))
    await standStill(rig, 500)
    const second = await lease(member('second'))
    await clock.advance(2_000)
    first.fail({ kind, heldTo: kind, pauseMs: 5_000 })
    await clock.advance(0)
    t.match(
      await claim(member('third')),
      kind === 'failed' ? { kind: 'busy' } : { kind: 'paused', reason: kind },
    )
    second.release()
    await clock.advance(20_000)
  }
})

test('of two that hear a 429, the longer pause holds', async (t) => {
  const rig = createRig()
  const { clock, member, lease, claim } = rig
  const first = await lease(member('first'))
  await standStill(rig, 500)
  const second = await lease(member('second'))
  second.fail({ kind: 'throttled', heldTo: 'throttled', pauseMs: 40_000 })
  await clock.advance(0)
  first.fail({ kind: 'throttled', heldTo: 'throttled', pauseMs: 5_000 })
  await clock.advance(20_000)
  t.match(await claim(member('third')), { kind: 'paused', reason: 'throttled' })
})

test('failures of one kind are counted, and it is told who heard the last', async (t) => {
  const { clock, member, lease } = createRig()
  const one = member('one')
  for (const kind of ['failed', 'failed', 'rejected'] as const) {
    const taken = await lease(one)
    taken.fail({ kind, heldTo: kind, pauseMs: 1_000 })
    await clock.advance(1_500)
  }
  t.match((await lease(one)).failures, { kind: 'rejected', inARow: 1, elsewhere: false })
  await clock.advance(60_000)
})

test('a lease is kept while its owner lives, and while Redis is away it is not minded', async (t) => {
  const { clock, redis, member, lease, claim } = createRig()
  const taken = await lease(member('one'))
  await clock.advance(8_000)
  t.match(await claim(member('two')), { kind: 'busy' })
  redis.mood = 'dead'
  await clock.advance(5_000)
  t.match(await claim(member('two')), { kind: 'alone' })
  redis.mood = 'fine'
  taken.release()
  await clock.advance(10_000)
  t.match(await claim(member('two')), { kind: 'lease' })
})

test('a token that the bank gives again keeps its age', async (t) => {
  const { clock, redis, member, lease, claim, token } = createRig()
  const one = member('one')
  const first = token('same')
  ;(await lease(one)).fulfil(first)
  await clock.advance(270_000)
  redis.values.clear()
  ;(await lease(one, first)).fulfil({ ...token('same') })
  await clock.advance(0)
  const taken = await claim(member('two'))
  t.match(taken, { kind: 'token', token: { value: 'same', sentAt: first.sentAt } })
  t.match(await claim(one, first), { kind: 'token' }, 'there is no other')
  await clock.advance(26_000)
  ;(await lease(member('two'))).fulfil(token('same'))
  await clock.advance(0)
  t.match(await claim(one, first), { kind: 'paused', reason: 'failed' }, 'until it has ended')
})

test('only the token that is meant is taken out', async (t) => {
  const { clock, member, lease, claim, token } = createRig()
  const one = member('one')
  ;(await lease(one)).fulfil(token('good'))
  await clock.advance(0)
  one.refuse('another')
  await clock.advance(0)
  member('elsewhere').refuse('good')
  await clock.advance(0)
  one.refuse('nothing there')
  await clock.advance(0)
  ;(await lease(one)).fulfil(token('good'))
  await clock.advance(0)
  t.match(await claim(member('two')), { kind: 'token' })
  one.refuse('good')
  t.match(await claim(one), { kind: 'lease' }, 'at once for who refused it')
  await clock.advance(0)
  t.match(await claim(member('two')), { kind: 'busy' })
})

test('a token that was had without Redis is everybody’s once it is back, unless there is one, or it was refused', async (t) => {
  const { clock, redis, member, lease, claim, token } = createRig()
  const [one, two] = [member('one'), member('two')]
  redis.mood = 'dead'
  await clock.advance(1_000)
  for (const value of ['first', 'own']) one.offer(token(value))
  two.offer(token('refused'))
  two.refuse('refused')
  redis.mood = 'fine'
  await clock.advance(6_000)
  t.match(await claim(member('three')), { kind: 'token', token: { value: 'own' } })
  two.offer(token('another'))
  await clock.advance(0)
  t.match(await claim(member('three')), { kind: 'token', token: { value: 'own' } })
  redis.values.clear()
  const old = token('old')
  await clock.advance(295_000)
  two.offer(old)
  await clock.advance(0)
  ;(await lease(two)).release()
})

test('what cannot be read is counted and replaced', async (t) => {
  const { redis, results, member, lease } = createRig()
  const { names } = deriveKeys(identity)
  for (const name of [names.token, names.pace]) {
    redis.values.clear()
    redis.values.set(name, 'forged')
    ;(await lease(member('one'))).release()
  }
  t.equal(results.filter((result) => result === 'unreadable').length, 2)
})

test('where others write again and again, one of them is taken to ask', async (t) => {
  const { clock, ledger, results } = createRig()
  const contested = { ...ledger, transact: async () => undefined }
  const count = (result: string) => void results.push(result)
  const member = createMember({
    ledger: contested,
    link: { whenUp() {} },
    clock,
    owner: 'one',
    requestsPerMinute: 6,
    count,
  })
  t.strictSame(await member.claim(undefined, calm), { kind: 'busy' })
  const { names } = deriveKeys(identity)
  const nobody = { names, sealingKey: Buffer.alloc(32) }
  const reply = { token: '', pace: 'x', atMs: 1, done: false }
  const store = { look: async () => reply, write: async () => reply }
  const link = {
    run: async (command: (one: never) => Promise<never>) => ({
      reply: await command(store as never),
      sentAt: 0,
      receivedAt: 0,
    }),
  }
  const step = () => ({
    write: { pace: { leases: 0, lease: null, asked: [], pause: null, failures: null } },
    result: 1,
  })
  t.equal(await createLedger(link, nobody).transact(step, createPatience(clock)), undefined)
})

test('without a clock of its own, a fleet goes by the machine’s', async (t) => {
  const changes: boolean[] = []
  const open = () => Promise.reject(new Error('nobody there'))
  const fleet = createFleet({ open, report: ({ connected }) => void changes.push(connected) })
  const member = fleet.member({ identity, requestsPerMinute: 6, count: () => {} })
  t.strictSame(await member.claim(undefined, calm), { kind: 'alone' })
  t.strictSame(changes, [false])
  await fleet.close()
})
