import { test } from 'tap'
import { createMetrics } from '../../src/admin/metrics.ts'
import { problems } from '../../src/errors.ts'
import {
  environmentReport,
  lostRequest,
  metricsAt,
  noCertificate,
  requestRecord,
  startedAt,
} from './reports.ts'

/** Every sample of the exposition by its name and labels, which are sorted. */
function parse(text: string): Map<string, number> {
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const [, name = '', labels = '', value = ''] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? []
      return [`${name}{${labels.split(',').toSorted().join()}}`, Number(value)]
    }),
  )
}

const seriesOf = (samples: Map<string, number>, name: string): string[] =>
  [...samples.keys()].filter((key) => key.startsWith(`${name}{`))

test('requests are counted by method, status and origin, over a bounded set of labels', async (t) => {
  const { metrics } = metricsAt()
  for (const method of ['GET', 'GET', 'BREW']) metrics.request(requestRecord({ method }))
  metrics.request(requestRecord({ method: 'PATCH', status: 499, origin: 'sidecar' }))
  for (const status of [99, 600, 200.5, 999]) metrics.request(requestRecord({ status }))
  const samples = parse(await metrics.text([environmentReport()]))
  const count = (labels: string) => samples.get(`bc_sidecar_requests_total{${labels}}`)
  t.equal(count('code="200",environment="sandbox",method="GET",origin="bank"'), 2)
  t.equal(count('code="200",environment="sandbox",method="other",origin="bank"'), 1)
  t.equal(count('code="499",environment="sandbox",method="PATCH",origin="sidecar"'), 1)
  t.equal(count('code="other",environment="sandbox",method="GET",origin="bank"'), 4)
})

test('whether an environment could serve is told for each', async (t) => {
  const { metrics } = metricsAt()
  const text = await metrics.text([
    environmentReport(),
    environmentReport({ name: 'production', ready: false }),
  ])
  const samples = parse(text)
  t.equal(samples.get('bc_sidecar_ready{environment="sandbox"}'), 1)
  t.equal(samples.get('bc_sidecar_ready{environment="production"}'), 0)
})

test('the answers to expect are there with 0 from the start, so that rate() sees the first', async (t) => {
  const { metrics } = metricsAt()
  const samples = parse(await metrics.text([environmentReport()]))
  const zero = (series: string) => t.equal(samples.get(series), 0, series)
  zero('bc_sidecar_requests_total{code="200",environment="sandbox",method="GET",origin="bank"}')
  zero('bc_sidecar_requests_total{code="503",environment="sandbox",method="POST",origin="sidecar"}')
  zero('bc_sidecar_replays_total{environment="sandbox"}')
  for (const resumed of ['true', 'false'])
    zero(`bc_sidecar_connections_opened_total{environment="sandbox",resumed="${resumed}"}`)
  for (const result of ['ok', 'throttled', 'rejected', 'failed'])
    zero(`bc_sidecar_token_requests_total{environment="sandbox",result="${result}"}`)
  for (const result of ['applied', 'refused'])
    zero(`bc_sidecar_credential_reloads_total{environment="sandbox",result="${result}"}`)
  for (const problem of Object.keys(problems))
    for (const sent of ['no', 'maybe'])
      zero(
        `bc_sidecar_local_answers_total{environment="sandbox",problem="${problem}",request_sent="${sent}"}`,
      )
  for (const name of ['request', 'bank_request', 'token_request'])
    zero(`bc_sidecar_${name}_duration_seconds_count{environment="sandbox"}`)
})

test('problems answered here, replays, connections, tokens and reloads are counted', async (t) => {
  const { metrics, clock } = metricsAt()
  metrics.request(requestRecord(lostRequest))
  metrics.request(requestRecord({ status: 503, origin: 'sidecar', code: 'overloaded' }))
  metrics.request(requestRecord({ replayed: true }))
  metrics.request(requestRecord({ origin: 'sidecar' }))
  metrics.connection('sandbox', true)
  metrics.connection('sandbox', false)
  metrics.tokenRequest('sandbox', { result: 'throttled', durationMs: 250 })
  t.equal(metrics.lastReload('sandbox'), null)
  metrics.reload('sandbox', 'applied')
  clock.seconds += 60
  metrics.reload('sandbox', 'refused')
  t.same(metrics.lastReload('sandbox'), { at: '2026-11-23T10:01:00.000Z', result: 'refused' })
  const samples = parse(await metrics.text([environmentReport()]))
  const one = (series: string) => t.equal(samples.get(`bc_sidecar_${series}`), 1, series)
  one('local_answers_total{environment="sandbox",problem="bank_connection_lost",request_sent="maybe"}')
  one('local_answers_total{environment="sandbox",problem="overloaded",request_sent="no"}')
  one('replays_total{environment="sandbox"}')
  one('connections_opened_total{environment="sandbox",resumed="true"}')
  one('connections_opened_total{environment="sandbox",resumed="false"}')
  one('token_requests_total{environment="sandbox",result="throttled"}')
  one('token_request_duration_seconds_bucket{environment="sandbox",le="0.25"}')
  one('credential_reloads_total{environment="sandbox",result="applied"}')
  one('credential_reloads_total{environment="sandbox",result="refused"}')
})

test('durations fall into buckets from 1 ms to 60 s, cumulatively', async (t) => {
  const { metrics } = metricsAt()
  for (const durationMs of [0.4, 1, 30, 61_000])
    metrics.request(requestRecord({ durationMs, bankMs: undefined }))
  const samples = parse(await metrics.text([environmentReport()]))
  const name = 'bc_sidecar_request_duration_seconds'
  const bucket = (le: string) => samples.get(`${name}_bucket{environment="sandbox",le="${le}"}`)
  t.same([bucket('0.001'), bucket('0.02'), bucket('0.035'), bucket('60'), bucket('+Inf')], [2, 2, 3, 3, 4])
  t.equal(samples.get(`${name}_count{environment="sandbox"}`), 4)
  t.equal(samples.get(`${name}_sum{environment="sandbox"}`)?.toFixed(4), '61.0314')
  t.equal(samples.get('bc_sidecar_bank_request_duration_seconds_count{environment="sandbox"}'), 0)
})

test('gauges are those of the moment, and each environment has its own', async (t) => {
  const { metrics } = metricsAt(['sandbox', 'production'])
  const none = { state: 'none', expiresAt: null, thumbprintMatches: null, budgetRemaining: 0 } as const
  const production = environmentReport({
    name: 'production',
    inFlight: 0,
    token: none,
    certificate: noCertificate,
  })
  await metrics.text([])
  const mismatch = environmentReport({ token: { thumbprintMatches: false } })
  const samples = parse(await metrics.text([mismatch, production]))
  const pair = (name: string) =>
    ['sandbox', 'production'].map((environment) =>
      samples.get(`bc_sidecar_${name}{environment="${environment}"}`),
    )
  t.same(pair('requests_in_flight'), [2, 0])
  t.same(pair('token_expiry_timestamp_seconds'), [startedAt / 1000 + 250, 0])
  t.same(pair('token_request_budget_remaining'), [5, 0])
  t.same(pair('thumbprint_match'), [0, 1])
  t.same(pair('certificate_expiry_timestamp_seconds'), [startedAt / 1000 + 200 * 86_400, 0])
  const states = seriesOf(samples, 'bc_sidecar_token_state')
  t.equal(states.length, 12)
  t.same(
    states.filter((series) => samples.get(series) === 1),
    [
      'bc_sidecar_token_state{environment="sandbox",state="valid"}',
      'bc_sidecar_token_state{environment="production",state="none"}',
    ],
  )
})

test('the build, the process and Node.js are told of without an environment', async (t) => {
  const metrics = createMetrics({ version: '1.2.3', environments: ['sandbox'] })
  metrics.request(requestRecord())
  metrics.reload('sandbox', 'applied')
  const text = await metrics.text([environmentReport()])
  const samples = parse(text)
  t.equal(samples.get(`bc_sidecar_build_info{node="${process.version}",version="1.2.3"}`), 1)
  t.ok(seriesOf(samples, 'process_cpu_seconds_total').length === 1)
  t.ok(seriesOf(samples, 'nodejs_heap_size_used_bytes').length === 1)
  for (const line of text.split('\n')) {
    if (/^bc_sidecar_(?!build_info)/.test(line)) t.match(line, 'environment="sandbox"')
  }
})

test('each family has its help and its type, once', async (t) => {
  const { metrics } = metricsAt()
  const text = await metrics.text([environmentReport()])
  const types = [...text.matchAll(/^# TYPE bc_sidecar_(\S+) (\S+)$/gm)].map(
    ([, name, type]) => `${name} ${type}`,
  )
  t.same(types.toSorted(), [
    'bank_request_duration_seconds histogram',
    'build_info gauge',
    'certificate_expiry_timestamp_seconds gauge',
    'connections_opened_total counter',
    'credential_reloads_total counter',
    'local_answers_total counter',
    'ready gauge',
    'replays_total counter',
    'request_duration_seconds histogram',
    'requests_in_flight gauge',
    'requests_total counter',
    'thumbprint_match gauge',
    'token_expiry_timestamp_seconds gauge',
    'token_request_budget_remaining gauge',
    'token_request_duration_seconds histogram',
    'token_requests_total counter',
    'token_state gauge',
  ])
})

test('what happens in an unknown environment is a fault of the program', (t) => {
  const { metrics } = metricsAt()
  t.throws(() => metrics.request(requestRecord({ environment: 'other' })), {
    message: /no environment is called other/,
  })
  t.end()
})
