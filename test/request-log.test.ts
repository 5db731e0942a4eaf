import { test } from 'tap'
import { createLogger } from '../src/logging.ts'
import type { RequestRecord } from '../src/proxy/request-record.ts'
import { createRequestLog } from '../src/request-log.ts'

const record: RequestRecord = {
  environment: 'test',
  method: 'GET',
  route: '/api/v1/accounts/:id',
  status: 200,
  origin: 'bank',
  code: undefined,
  requestSent: undefined,
  replayed: false,
  durationMs: 12.34567,
  bankMs: 10.00049,
  bankStatus: 200,
  requestBytes: 0,
  responseBytes: 17,
  requestId: 'r-1',
  traceId: 'abc',
}

function rig({ level = 'info', wallNow = Date.now } = {}) {
  const texts: string[] = []
  const destination = { write: (line: string) => void texts.push(line) }
  const { log } = createLogger({ level, format: 'json', destination })
  const logRequest = createRequestLog(log, wallNow)
  return { log, logRequest, texts, lines: () => texts.map((line) => JSON.parse(line)) }
}

test('a request is one line, with every field of interface.md', async (t) => {
  const { logRequest, lines } = rig({ wallNow: () => Date.UTC(2030, 0, 2, 3, 4, 5, 6) })
  logRequest(record)
  t.strictSame(lines(), [
    {
      level: 'info',
      time: '2030-01-02T03:04:05.006Z',
      event: 'request',
      ...record,
      code: null,
      requestSent: null,
      durationMs: 12.346,
      bankMs: 10,
    },
  ])
})

test('what is unknown of a request is null', async (t) => {
  const { logRequest, lines } = rig()
  const code = 'bank_timeout' as const
  const unknown = { bankMs: undefined, bankStatus: undefined, traceId: undefined }
  logRequest({ ...record, ...unknown, code, requestSent: 'maybe', origin: 'sidecar', status: 504 })
  const nothing = { bankMs: null, bankStatus: null, traceId: null }
  t.match(lines()[0], { ...nothing, code, requestSent: 'maybe', origin: 'sidecar', status: 504 })
})

test('its line is what pino would have written', async (t) => {
  const { log, logRequest, texts } = rig()
  logRequest(record)
  const { level, time, ...fields } = JSON.parse(texts[0] ?? '')
  log.info(fields)
  const withoutTime = texts.map((line) => line.replace(/"time":"[^"]*"/, ''))
  t.equal(withoutTime[0], withoutTime[1])
  t.match({ level, time }, { level: 'info', time: /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/ })
})

test('a name cannot break out of its line', async (t) => {
  const { logRequest, lines } = rig()
  const hostile = '"\\\n}{'
  logRequest({ ...record, environment: hostile, method: hostile, route: hostile, requestId: hostile })
  t.match(lines()[0], { environment: hostile, method: hostile, route: hostile, requestId: hostile })
})

test('the time of a line follows the clock, also backwards', async (t) => {
  let now = Date.UTC(2030, 0, 1, 0, 0, 0, 999.9)
  const { logRequest, lines } = rig({ wallNow: () => now })
  for (const step of [0, 1, -2, 60_000]) {
    now += step
    logRequest(record)
  }
  t.strictSame(
    lines().map(({ time }) => time.slice(11)),
    ['00:00:00.999Z', '00:00:01.000Z', '00:00:00.998Z', '00:01:00.998Z'],
  )
})

test('a level above info writes no line per request', async (t) => {
  const { logRequest, texts } = rig({ level: 'warn' })
  logRequest(record)
  t.strictSame(texts, [])
})
