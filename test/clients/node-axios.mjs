// node node-axios.mjs <base-url>: login, a list and a payment with axios, one instance with defaults as apps keep it.
import assert from 'node:assert/strict'
import { Agent } from 'node:http'
import axios from 'axios'

const bank = axios.create({ baseURL: process.argv[2], httpAgent: new Agent({ keepAlive: true }) })

const login = await bank.get('/api/v1/authorizations/authorize', {
  auth: { username: 'user', password: 'password' },
})
assert.equal(login.status, 200)
assert.equal(login.data.expires_in, '300')
bank.defaults.headers.common.Authorization = `Bearer ${login.data.access_token}`

const accounts = await bank.get('/api/v1/accounts', { params: { PageNumber: 1, PageSize: 10 } })
assert.equal(accounts.status, 200)
assert.ok(accounts.data.result.length > 0, 'no accounts')
const [{ accountIdentifiers, currency }] = accounts.data.result

const payment = await bank.post('/api/v1/payments/singles', {
  idempotencyKey: crypto.randomUUID(),
  requestedExecutionDate: new Date().toISOString(),
  debtorAccount: accountIdentifiers[0],
  debtorReference: 'axios',
  currencyOfTransfer: currency,
  amount: { currency, amount: 12.5 },
  chargeBearer: 'SHA',
  creditorAccount: accountIdentifiers[0],
  creditorName: 'Müller & Søn',
})
assert.match(payment.data.paymentId, /^[0-9a-f-]{36}$/)
