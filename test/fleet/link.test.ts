import { test } from 'tap'
import { createLink, type LinkStatus } from '../../src/fleet/link.ts'
import { createPatience } from '../../src/fleet/patience.ts'
import { createManualClock } from '../token/clock.ts'
import { createModelRedis } from './model-redis.ts'

const names = { token: 'token', pace: 'pace' }

function createRig() {
  const clock = createManualClock(() => 0.5)
  const redis = createModelRedis(clock)
  const changes: LinkStatus[] = []
  const start = () => createLink({ open: redis.open, clock, report: (status) => void changes.push(status) })
  const look = (link: ReturnType<typeof start>, hurry?: AbortSignal) =>
    link
      .run((store) => store.look(names), createPatience(clock, hurry))
      .then(
        () => 'answered',
        () => 'given up',
      )
  return { clock, redis, changes, start, look }
}

test('a command of the first moment waits for the connection', async (t) => {
  const { clock, redis, start, look } = createRig()
  redis.latencyMs = 50
  const answer = look(start())
  await clock.advance(200)
  t.equal(await answer, 'answered')
})

test('a Redis that does not answer a process that starts is tried once more before there is none', async (t) => {
  const { clock, redis, start, look } = createRig()
  redis.mood = 'hanging'
  const link = start()
  await clock.advance(1_000)
  const answer = look(link)
  await clock.advance(1_000)
  t.match(link.status(), { connected: false, lastError: 'no answer in time' })
  redis.mood = 'fine'
  await clock.advance(200)
  t.equal(await answer, 'answered')
  redis.mood = 'hanging'
  const hung = start()
  await clock.advance(5_000)
  t.equal(await look(hung), 'given up')
})

test('a change is told once, with its moment and its reason', async (t) => {
  const { clock, redis, changes, start, look } = createRig()
  redis.mood = 'dead'
  const link = start()
  await clock.advance(60_000)
  t.match(changes, [{ connected: false, lastError: 'the connection was lost' }])
  t.equal(await look(link), 'given up')
  redis.mood = 'fine'
  await clock.advance(6_000)
  t.match(link.status(), { connected: true, lastError: 'the connection was lost' })
  redis.cut()
  t.match(link.status(), { connected: false, lastError: 'ECONNRESET' })
  t.equal(changes.length, 3)
  await clock.advance(6_000)
  t.equal(changes.length, 4)
})

test('who hurries waits 250 ms, in all, also when it begins to hurry later; then the connection is lost', async (t) => {
  const { clock, redis, start, look } = createRig()
  const link = start()
  await clock.advance(100)
  redis.mood = 'hanging'
  const hurry = new AbortController()
  let came: string | undefined
  void look(link, hurry.signal).then((outcome) => {
    came = outcome
  })
  await clock.advance(500)
  t.equal(came, undefined)
  hurry.abort()
  await clock.advance(249)
  t.equal(came, undefined)
  await clock.advance(1)
  t.equal(came, 'given up')
  t.match(link.status(), { connected: false, lastError: 'no answer in time' })
  t.equal(await look(link, hurry.signal), 'given up', 'at once')
  redis.mood = 'fine'
  await clock.advance(6_000)
  redis.mood = 'hanging'
  const both = [look(link, hurry.signal), look(link, hurry.signal)]
  await clock.advance(250)
  t.strictSame(await Promise.all(both), ['given up', 'given up'])
})

test('a Redis that hangs while nothing is asked of it is noticed, and so is a replica', async (t) => {
  const { clock, redis, start } = createRig()
  const link = start()
  await clock.advance(30_000)
  t.equal(link.status().connected, true)
  redis.mood = 'hanging'
  await clock.advance(12_500)
  t.equal(link.status().connected, false)
  redis.mood = 'read-only'
  await clock.advance(30_000)
  t.match(link.status(), { connected: false, lastError: 'it is a replica, and cannot be written to' })
  redis.mood = 'fine'
  await clock.advance(6_000)
  t.equal(link.status().connected, true)
})

test('closing waits for what is under way, but not for long, and ends every timer', async (t) => {
  const { clock, redis, start, look } = createRig()
  const link = start()
  await clock.advance(100)
  redis.latencyMs = 100
  const answer = look(link)
  const closed = link.close()
  await clock.advance(100)
  await closed
  t.equal(await answer, 'answered')
  const other = start()
  await clock.advance(300)
  redis.mood = 'hanging'
  const hung = look(other)
  const ended = other.close()
  await clock.advance(250)
  await ended
  await clock.advance(2_000)
  t.equal(await hung, 'given up')
  const opening = start()
  const given = opening.close()
  await clock.advance(3_000)
  await given
  t.equal(clock.pending(), 0)
})
