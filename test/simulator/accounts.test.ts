import { test } from 'tap'
import { sharedDir, startWithClient } from './bank-client.ts'

test('accounts, over mutual TLS and with a token', async (t) => {
  const { call } = await startWithClient(t, sharedDir)

  await t.test('are listed in pages, with every field the bank’s have', async (t) => {
    const { status, json, headers } = await call('/api/v1/accounts')
    t.equal(status, 200)
    t.equal(headers['bc-simulator'], 'true')
    t.strictSame(json.pageInfo, { currentPage: 1, pageSize: 25, rowCount: 3 })
    for (const account of json.result) {
      t.match(account, {
        accountId: /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/,
        accountDescription: String,
        accountIdentifiers: [{ account: String, financialInstitution: String, country: /^[A-Z]{2}$/ }],
        ibans: [String],
        status: String,
        currency: /^[A-Z]{3}$/,
        openingDate: String,
        closingDate: null,
        ownedByCompanyId: String,
        protectionType: String,
        balances: [
          {
            type: String,
            currency: String,
            beginOfDayAmount: Number,
            financialDate: String,
            intraDayAmount: Number,
          },
        ],
      })
    }
    const second = await call('/api/v1/accounts?PageNumber=2&PageSize=2')
    t.strictSame(second.json, {
      result: [json.result[2]],
      pageInfo: { currentPage: 2, pageSize: 2, rowCount: 3 },
    })
    t.match(await call('/api/v1/accounts?PageSize=x'), {
      status: 400,
      json: [{ errorCode: 'ValidationError' }],
    })
  })

  await t.test('are found one by one, with their balances', async (t) => {
    const [account] = (await call('/api/v1/accounts')).json.result
    const path = `/api/v1/accounts/${account.accountId}`
    t.strictSame((await call(path)).json, account)
    t.strictSame((await call(`${path}/balances`)).json.result, account.balances)
    t.match(await call('/api/v1/accounts/none'), { status: 404, json: [{ errorCode: 'NotFound' }] })
    t.match(await call('/api/v1/accounts/none/balances'), { status: 404 })
  })

  await t.test('are for nobody without a token that holds', async (t) => {
    for (const authorization of ['', 'Bearer', 'Bearer wrong', 'Basic eDp5', 'Bearer a b']) {
      for (const path of ['/api/v1/accounts', '/nowhere']) {
        const answer = await call(path, { headers: { authorization } })
        t.match(
          answer,
          { status: 401, json: [{ errorCode: 'Unauthorized', errorText: String }] },
          authorization,
        )
      }
    }
  })

  await t.test('have HEAD beside GET, and no other method', async (t) => {
    t.match(await call('/api/v1/accounts', { method: 'HEAD' }), { status: 200, text: '' })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      t.match(
        await call('/api/v1/accounts', { method }),
        { status: 404, headers: { 'bc-simulator': 'true' } },
        method,
      )
    }
  })
})
