import { test } from 'tap'
import { parseXml } from '../../src/simulator/xml.ts'
import { sharedDir, startWithClient } from './bank-client.ts'

test('reports are streamed, as long as one likes', async (t) => {
  const { call } = await startWithClient(t, sharedDir)

  await t.test('as JSON', async (t) => {
    const { status, headers, json } = await call('/api/v1/reports/account-activity?rows=401')
    t.equal(status, 200)
    t.equal(headers['transfer-encoding'], 'chunked')
    t.equal(headers['bc-simulator'], 'true')
    t.equal(json.result.length, 401)
    t.strictSame(json.result[400], { entry: 400, amount: 0.5 })
    t.strictSame((await call('/api/v1/reports/account-activity?rows=0')).json, { result: [] })
  })

  await t.test('as XML, large', async (t) => {
    const { headers, text } = await call('/api/v1/reports/camt053?rows=100000')
    t.match(headers['content-type'], /^application\/xml/)
    t.ok(text.length > 5_000_000)
    t.equal(parseXml(text).name, 'Document')
  })

  await t.test('with a sensible number of rows', async (t) => {
    t.equal((await call('/api/v1/reports/account-activity')).json.result.length, 10_000)
    for (const rows of ['-1', 'x', '', '1000001']) {
      t.match(await call(`/api/v1/reports/camt053?rows=${rows}`), {
        status: 400,
        json: [{ errorText: /^rows/ }],
      })
    }
  })
})
