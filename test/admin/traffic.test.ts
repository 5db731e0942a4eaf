import fc from 'fast-check'
import { test } from 'tap'
import { createRing } from '../../src/admin/ring.ts'
import { createTraffic } from '../../src/admin/traffic.ts'
import { lostRequest, requestRecord, startedAt } from './reports.ts'

function trafficAt(seconds: number) {
  const clock = { seconds }
  const traffic = createTraffic({ now: () => clock.seconds * 1000, wallNow: () => startedAt })
  return { traffic, clock }
}

test('requests are counted since the start, their rate over the last ten seconds', (t) => {
  const { traffic, clock } = trafficAt(1000)
  for (let second = 0; second < 20; second++) {
    clock.seconds = 1000 + second
    for (let count = 0; count < 3; count++) traffic.request(requestRecord())
  }
  t.match(traffic.report(7), { requests: 60, inFlight: 7, requestsPerSecond: 3, recent: { requests: 60 } })
  clock.seconds = 1100
  t.match(traffic.report(0), { requests: 60, requestsPerSecond: 0, recent: { requests: 60 } })
  clock.seconds = 2000
  t.match(traffic.report(0), { requests: 60, recent: { requests: 0 }, latencyMs: { p50: null, p99: null } })
  t.end()
})

test('failures are counted by code: ours, and the bank’s answers from 400 on', (t) => {
  const { traffic } = trafficAt(50)
  for (const status of [200, 404, 404, 500]) traffic.request(requestRecord({ status }))
  traffic.request(requestRecord(lostRequest))
  traffic.request(
    requestRecord({ status: 403, origin: 'sidecar', code: 'route_not_allowed', requestSent: 'no' }),
  )
  traffic.request(requestRecord({ status: 499 }))
  const report = traffic.report(0)
  t.same(report.failuresByCode, {
    404: 2,
    500: 1,
    bank_connection_lost: 1,
    route_not_allowed: 1,
    499: 1,
  })
  t.equal(report.recent.failures, 3, 'what the bank refused is the app’s own business')
  t.same(report.lastErrors[1], {
    at: '2026-11-23T10:00:00.000Z',
    method: 'POST',
    route: '/api/v1/accounts/:id',
    status: 502,
    code: 'bank_connection_lost',
    requestSent: 'maybe',
    requestId: 'r-1',
  })
  t.match(report.lastErrors[2], { status: 500, code: null, requestSent: null })
  t.end()
})

test('of many errors the last ten are kept, the newest first', (t) => {
  const { traffic } = trafficAt(50)
  for (let id = 0; id < 30; id++) traffic.request(requestRecord({ ...lostRequest, requestId: String(id) }))
  t.same(
    traffic.report(0).lastErrors.map(({ requestId }) => requestId),
    ['29', '28', '27', '26', '25', '24', '23', '22', '21', '20'],
  )
  t.end()
})

test('the series has a point for every five seconds, which keeps its value while it grows old', (t) => {
  const { traffic, clock } = trafficAt(1000)
  for (let count = 0; count < 10; count++) traffic.request(requestRecord({ durationMs: 40 }))
  traffic.request(requestRecord({ ...lostRequest, durationMs: 900 }))
  t.equal(traffic.report(0).series.requestsPerSecond.at(-1), 11, 'so far, one second is over')
  clock.seconds = 1004
  const { series } = traffic.report(0)
  t.equal(series.requestsPerSecond.length, 60)
  t.equal(series.requestsPerSecond.at(-1), 2.2)
  t.equal(series.failuresPerSecond.at(-1), 0.2)
  t.equal(series.p50Ms.at(-1), 37)
  t.equal(series.p99Ms.at(-1), 830)
  t.equal(series.p50Ms.at(-2), null)
  clock.seconds = 1004 + 295
  t.equal(traffic.report(0).series.requestsPerSecond[0], 2.2)
  clock.seconds = 1005 + 295
  t.equal(traffic.report(0).series.requestsPerSecond[0], 0)
  t.end()
})

test('the ring of seconds adds up like a plain list', (t) => {
  const event = fc.record({
    wait: fc.integer({ min: 0, max: 12 }),
    ms: fc.integer({ min: 1, max: 99 }),
    failed: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), (events, count) => {
      const ring = createRing(10)
      const list: { second: number; failed: boolean }[] = []
      let second = 0
      for (const { wait, ms, failed } of events) {
        second += wait
        ring.add(second, ms, failed)
        list.push({ second, failed })
      }
      const { requests, failures, latency } = ring.sum(second - count + 1, count)
      const expected = list.filter((one) => one.second > second - count)
      const total = latency.reduce((sum, value) => sum + value, 0)
      return (
        requests === expected.length &&
        total === expected.length &&
        failures === expected.filter(({ failed }) => failed).length
      )
    }),
  )
  t.end()
})
