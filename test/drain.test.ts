import { test } from 'tap'
import { drain } from '../src/drain.ts'
import { createLogger } from '../src/logging.ts'

function rig(options: { delayMs?: number; timeoutMs?: number; inFlight?: number[] } = {}) {
  const { delayMs = 0, timeoutMs = 25_000, inFlight = [0] } = options
  const events: unknown[][] = []
  const destination = {
    write(line: string) {
      const { level, event, inFlight: left } = JSON.parse(line)
      events.push([level, event, left])
    },
  }
  const { log } = createLogger({ level: 'info', format: 'json', destination })
  const cut = new AbortController()
  const drained = drain({
    drainDelayMs: delayMs,
    drainTimeoutMs: timeoutMs,
    begin: () => void events.push(['begin']),
    inFlight: () => (inFlight.length > 1 ? Number(inFlight.shift()) : Number(inFlight[0])),
    log,
    signal: cut.signal,
  })
  return { drained, events, cut }
}

test('without a request in flight it is over at once', async (t) => {
  const { drained, events } = rig()
  await drained
  t.same(events, [
    ['info', 'stopping', undefined],
    ['begin'],
    ['info', 'draining', 0],
    ['info', 'drained', 0],
  ])
})

test('it waits for the last request in flight', async (t) => {
  const { drained, events } = rig({ inFlight: [2, 2, 1, 0] })
  await drained
  t.same(events.slice(2), [
    ['info', 'draining', 2],
    ['info', 'drained', 0],
  ])
})

test('after the time-out it says how many were cut off', async (t) => {
  const { drained, events } = rig({ inFlight: [3], timeoutMs: 30 })
  await drained
  t.same(events.slice(2), [
    ['info', 'draining', 3],
    ['warn', 'drained', 3],
  ])
})

test('during the delay nothing is refused', async (t) => {
  const { drained, events, cut } = rig({ delayMs: 3_600_000 })
  t.same(events, [['info', 'stopping', undefined]])
  cut.abort()
  await drained
  t.same(events[1], ['begin'], 'and a second signal ends the delay')
})

test('a second signal ends the wait for requests', async (t) => {
  const { drained, events, cut } = rig({ inFlight: [1] })
  cut.abort()
  await drained
  t.same(events.at(-1), ['warn', 'drained', 1])
})
