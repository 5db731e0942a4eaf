// node node-fetch.mjs <base-url>: login, a list and a payment with Node.js's own fetch.
import assert from 'node:assert/strict'

const base = process.argv[2]

const login = await call('/api/v1/authorizations/authorize', {
  headers: { authorization: `Basic ${btoa('user:password')}` },
})
assert.equal(login.expires_in, '300')
const authorization = `Bearer ${login.access_token}`
const header = JSON.parse(atob(login.access_token.split('.')[0]))
assert.equal(header.alg, 'none')

const { result } = await call('/api/v1/accounts?PageNumber=1&PageSize=10', { headers: { authorization } })
assert.ok(result.length > 0, 'no accounts')
const [{ accountIdentifiers, currency }] = result

const payment = {
  idempotencyKey: crypto.randomUUID(),
  requestedExecutionDate: new Date().toISOString(),
  debtorAccount: accountIdentifiers[0],
  debtorReference: 'node fetch',
  currencyOfTransfer: currency,
  amount: { currency, amount: 12.5 },
  chargeBearer: 'SHA',
  creditorAccount: accountIdentifiers[0],
  creditorName: 'Müller & Søn',
}
const { paymentId } = await call('/api/v1/payments/singles', {
  method: 'POST',
  headers: { authorization, 'content-type': 'application/json' },
  body: JSON.stringify(payment),
})
assert.match(paymentId, /^[0-9a-f-]{36}$/)

async function call(path, init) {
  const response = await fetch(base + path, init)
  const text = await response.text()
  assert.ok(response.ok, `${path} was answered ${response.status}: ${text}`)
  return JSON.parse(text)
}
