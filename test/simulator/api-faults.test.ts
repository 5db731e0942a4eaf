import { test } from 'tap'
import { faultTable } from '../../src/simulator/faults.ts'
import { until } from '../support/until.ts'
import { sharedDir, startWithClient } from './bank-client.ts'

const singles = '/api/v1/payments/singles'

const answered = [
  ['api-401', { status: 401, json: [{ errorCode: 'Unauthorized' }] }],
  ['api-401-once', { status: 401 }],
  ['api-403', { status: 403 }],
  ['api-500', { status: 500 }],
  ['api-503', { status: 503, headers: { 'retry-after': undefined } }],
  ['api-503-retry-after=7', { status: 503, headers: { 'retry-after': '7' } }],
] as const

const lost = [
  ['api-reset', /other side closed|ECONNRESET/],
  ['api-garbage', /does not match the HTTP/],
  ['api-half-answer', /other side closed|terminated|aborted/],
] as const

const script = (faults: readonly (readonly [string, unknown])[]) =>
  faults.map(([fault]) => `${fault}:1`).join()

test('faults that answer in the bank’s place have done nothing', async (t) => {
  const { call } = await startWithClient(t, sharedDir, { faults: script(answered) })
  const body = { amount: { currency: 'EUR', amount: 1 } }
  for (const [fault, expected] of answered) {
    const answer = await call(singles, { method: 'POST', body })
    t.match(answer, expected, fault)
    t.equal(answer.headers['bc-simulator'], 'true', fault)
  }
  t.equal((await call(singles)).json.pageInfo.rowCount, 0)
})

test('faults that lose the answer have done everything', async (t) => {
  const { call } = await startWithClient(t, sharedDir, { faults: script(lost) })
  const body = { amount: { currency: 'EUR', amount: 1 } }
  for (const [fault, message] of lost)
    await t.rejects(call(singles, { method: 'POST', body }), message, fault)
  t.equal((await call(singles)).json.pageInfo.rowCount, lost.length)
})

test('an answer that is streamed can be halved too', async (t) => {
  const { call } = await startWithClient(t, sharedDir, { faults: 'api-half-answer' })
  await t.rejects(call('/api/v1/reports/camt053'), { code: 'UND_ERR_SOCKET' })
})

test('a request that hangs has been carried out, and ends with the simulator', async (t) => {
  const { call, login, simulator } = await startWithClient(t, sharedDir, { faults: 'api-hang:1' })
  const authorization = `Bearer ${(await login()).json.access_token}`
  const body = { amount: { currency: 'EUR', amount: 1 } }
  const hanging = call(singles, { method: 'POST', body, headers: { authorization } }).catch(
    ({ code }) => code,
  )
  await until(async () => (await call(singles, { headers: { authorization } })).json.pageInfo.rowCount === 1)
  await simulator.stop()
  t.equal(await hanging, 'UND_ERR_SOCKET')
})

test('a slow API takes that long; other faults may follow', async (t) => {
  const { call } = await startWithClient(t, sharedDir, { faults: 'api-slow=60:1,api-503:1' })
  const started = performance.now()
  t.equal((await call('/api/v1/accounts')).status, 503)
  t.ok(performance.now() - started >= 59)
})

test('a fault with a chance meets some requests', async (t) => {
  const numbers = [0.9, 0.4, 0.6]
  const options = { faults: 'api-503:0.5', random: () => numbers.shift() ?? 1 }
  const { call } = await startWithClient(t, sharedDir, options)
  const statuses = [
    await call('/api/v1/accounts'),
    await call('/api/v1/accounts'),
    await call('/api/v1/accounts'),
  ]
  t.strictSame(
    statuses.map(({ status }) => status),
    [200, 503, 200],
  )
})

test('every API fault of the table is tried above', (t) => {
  const tried = [...answered, ...lost].map(([fault]) => fault.split('=')[0])
  const known = faultTable
    .map(({ name }) => name.split('=')[0] ?? '')
    .filter((name) => name.startsWith('api-'))
  t.strictSame(new Set(known), new Set([...tried, 'api-slow', 'api-hang']))
  t.end()
})
