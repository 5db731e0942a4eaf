import { test } from 'tap'
import { sharedDir, startWithClient } from './bank-client.ts'

const singles = '/api/v1/payments/singles'
const debtorAccount = { account: 'DK5000400440116243', financialInstitution: 'SXPYDKKK', country: 'DK' }

test('payments', async (t) => {
  const { call } = await startWithClient(t, sharedDir)
  const pay = (body: object | string) =>
    call(singles, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  const balance = async (index: number) =>
    (await call('/api/v1/accounts')).json.result[index].balances[0].intraDayAmount

  await t.test('end as the bank’s sandbox ends them, by their amount', async (t) => {
    const table = [
      [13, 'MissingFunding'],
      [17, 'PendingProcessing'],
      [19, 'Rejected'],
      [27, 'Reversed'],
      [13.01, 'Processed'],
      [100, 'Processed'],
    ] as const
    for (const [amount, status] of table) {
      const made = await pay({ debtorAccount, amount: { currency: 'EUR', amount } })
      t.match(made, { status: 200, json: { paymentId: String, status }, headers: { 'bc-simulator': 'true' } })
      const { paymentId } = made.json
      t.strictSame((await call(`${singles}/${paymentId}/status`)).json, { paymentId, status })
      const payment = (await call(`${singles}/${paymentId}`)).json
      t.match(payment, {
        paymentId,
        transactionReference: String,
        concurrencyToken: String,
        classification: String,
        status,
        errors: [],
        latestStatusChangedTimestamp: String,
        debtorInformation: { account: debtorAccount },
        transfer: { amount: { currency: 'EUR', amount } },
        creditorInformation: {},
      })
      t.equal(payment.processedTimestamp !== null, status === 'Processed' || status === 'Reversed')
    }
  })

  await t.test('are listed in pages', async (t) => {
    const { json } = await call(`${singles}?PageNumber=2&PageSize=4`)
    t.strictSame(json.pageInfo, { currentPage: 2, pageSize: 4, rowCount: 6 })
    t.equal(json.result.length, 2)
    t.match(await call(`${singles}?PageNumber=0`), { status: 400 })
  })

  await t.test('move the balances of our accounts when they are processed, else not', async (t) => {
    const before = [await balance(0), await balance(1)]
    const creditorAccount = { account: 'GB29NWBK60161331926819' }
    await pay({ debtorAccount, amount: { currency: 'EUR', amount: 0.1 } })
    await pay({ debtorAccount, amount: { currency: 'EUR', amount: 19 } })
    await pay({ debtorAccount, creditorAccount, amount: { currency: 'GBP', amount: 5 } })
    await pay({ amount: { currency: 'EUR', amount: 7 } })
    t.equal(await balance(0), before[0] - 0.1)
    t.equal(await balance(1), before[1] + 5)
  })

  await t.test('with a key that was used before are made once; with another body refused', async (t) => {
    const order = { idempotencyKey: 'key-1', debtorAccount, amount: { currency: 'EUR', amount: 1 } }
    const before = await balance(0)
    const [first, second] = [await pay(order), await pay(order)]
    t.strictSame(second.json, first.json)
    t.equal(await balance(0), before - 1)
    const other = await pay({ ...order, amount: { currency: 'EUR', amount: 2 } })
    t.match(other, { status: 409, json: [{ errorCode: 'IdempotencyConflict' }] })
    t.notSame((await pay({ ...order, idempotencyKey: 'key-2' })).json, first.json)
  })

  await t.test('that are nonsense are refused in the bank’s shape, with every fault', async (t) => {
    const table: [object | string, RegExp[]][] = [
      ['{', [/not JSON/]],
      ['', [/not JSON/]],
      ['null', [/the body: /]],
      ['[]', [/the body: /]],
      ['{}', [/^amount: /]],
      [{ amount: { amount: 1 } }, [/^amount\.currency: /]],
      [{ amount: { amount: '1', currency: 'EUR' } }, [/^amount\.amount: /]],
      [{ amount: { amount: -1, currency: 'euro' } }, [/three capital letters/, /more than 0/]],
      [
        { amount: { amount: 1, currency: 'EUR' }, debtorAccount: 'x', idempotencyKey: 1 },
        [/^idempotencyKey: /, /^debtorAccount: /],
      ],
    ]
    for (const [body, texts] of table) {
      const { status, json } = await pay(body)
      t.equal(status, 400)
      t.match(
        json,
        texts.map((errorText) => ({ errorCode: String, errorText })),
        JSON.stringify(body),
      )
      t.equal(json.length, texts.length)
    }
  })

  await t.test('that do not exist are not found', async (t) => {
    for (const path of ['none', 'none/status']) {
      t.match(await call(`${singles}/${path}`), { status: 404, json: [{ errorCode: 'NotFound' }] })
    }
  })
})
