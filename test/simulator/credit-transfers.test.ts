import { test } from 'tap'
import { sharedDir, startWithClient } from './bank-client.ts'

const path = '/api/v1/payments/credit-transfer-instructions'
const transfer = (amount: string) => `<CdtTrfTxInf><Amt><InstdAmt Ccy="EUR">${amount}</InstdAmt></Amt>
  <Cdtr><Nm>Børge</Nm></Cdtr></CdtTrfTxInf>`
const pain = (...amounts: string[]) => `<Document><CstmrCdtTrfInitn><PmtInf>
  ${amounts.map(transfer).join('')}</PmtInf></CstmrCdtTrfInitn></Document>`

test('credit transfer instructions', async (t) => {
  const { call } = await startWithClient(t, sharedDir)
  const instruct = (body: string | Buffer | object, headers: Record<string, string> = {}) =>
    call(path, { method: 'POST', body, headers: { 'content-type': 'application/xml', ...headers } })
  const creditorOf = async ({ json }: { json: { payments: { paymentId: string }[] } }) =>
    (await call(`/api/v1/payments/singles/${json.payments[0]?.paymentId}`)).json.creditorInformation.name

  await t.test('come as XML, and are answered as JSON or XML by Accept', async (t) => {
    const json = await instruct(pain('13.00', '5'))
    t.match(json, {
      status: 200,
      headers: { 'content-type': /^application\/json/ },
      json: { payments: [{ paymentId: String, status: 'MissingFunding' }, { status: 'Processed' }] },
    })
    const xml = await instruct(pain('19.00'), { accept: 'application/xml' })
    t.match(xml, { status: 200, headers: { 'content-type': /^application\/xml/ } })
    t.match(xml.text, /<Payment><PaymentId>[\da-f-]{36}<\/PaymentId><Status>Rejected<\/Status><\/Payment>/)
  })

  await t.test('come as JSON: one, or several', async (t) => {
    const order = { amount: { currency: 'EUR', amount: 27 } }
    const headers = { 'content-type': 'application/json' }
    t.match((await instruct(order, headers)).json, { payments: [{ status: 'Reversed' }] })
    t.equal((await instruct([order, order], headers)).json.payments.length, 2)
    t.match(await instruct('[]', headers), { status: 400, json: [{ errorText: /no payment/ }] })
    t.match(await instruct([order, {}], headers), { status: 400, json: [{ errorText: /^amount/ }] })
  })

  await t.test('are read in the charset that mark, header or document names', async (t) => {
    const declared = (charset: string) => `<?xml version="1.0" encoding="${charset}"?>${pain('1')}`
    const table: [string, Buffer, string][] = [
      ['UTF-8 by default', Buffer.from(pain('1')), 'application/xml'],
      ['declared', Buffer.from(declared('ISO-8859-1'), 'latin1'), 'text/xml'],
      ['in the header', Buffer.from(declared('utf-8'), 'latin1'), 'application/xml; charset="iso-8859-1"'],
      ['by its mark', Buffer.from(`\ufeff${pain('1')}`, 'utf16le'), 'application/xml'],
      ['by its mark, the other', Buffer.from(`\ufeff${pain('1')}`, 'utf16le').swap16(), 'application/xml'],
    ]
    for (const [what, body, type] of table) {
      t.equal(await creditorOf(await instruct(body, { 'content-type': type })), 'Børge', what)
    }
    const wrong = [
      await instruct(Buffer.from(pain('1'), 'latin1')),
      await instruct(pain('1'), { 'content-type': 'text/xml; charset=klingon' }),
    ]
    for (const answer of wrong) t.match(answer, { status: 400, json: [{ errorText: /charset/ }] })
  })

  await t.test('with a key that was used before are made once; with another body refused', async (t) => {
    const headers = { 'idempotency-key': 'k'.repeat(100) }
    const first = await instruct(pain('1'), headers)
    t.strictSame((await instruct(pain('1'), headers)).json, first.json)
    t.match(await instruct(pain('2'), headers), { status: 409, json: [{ errorCode: 'IdempotencyConflict' }] })
    const long = await instruct(pain('1'), { 'idempotency-key': 'k'.repeat(101) })
    t.match(long, { status: 400, json: [{ errorText: /longer than 100/ }] })
  })

  await t.test('that are nonsense are refused', async (t) => {
    t.match(await instruct('<a>'), { status: 400, json: [{ errorText: /well-formed/ }] })
    t.match(await instruct('<a/>'), { status: 400, json: [{ errorText: /pain\.001/ }] })
    t.match(await instruct('<a/>', { 'content-type': '' }), { status: 415, json: [{ errorCode: String }] })
    t.match(await call(path, { method: 'POST' }), { status: 400, json: [{ errorText: /JSON/ }] })
  })
})
