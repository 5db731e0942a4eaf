// An app beside the sidecar: it knows no certificate, no password and no token, only http://localhost:8080.
const bank = process.env.BANK_URL ?? 'http://localhost:8080'

const accounts = await call('GET', '/api/v1/accounts?PageNumber=1&PageSize=10')
console.log('accounts:', accounts.result.map(describe).join(', '))

const [payer, payee] = accounts.result
const answer = await call('POST', '/api/v1/payments/singles', {
  // Made by the app, once for each payment: the sidecar never invents one.
  idempotencyKey: crypto.randomUUID(),
  requestedExecutionDate: new Date().toISOString(),
  debtorAccount: payer.accountIdentifiers[0],
  debtorReference: 'example app',
  currencyOfTransfer: payer.currency,
  amount: { currency: payer.currency, amount: 12.5 },
  chargeBearer: 'SHA',
  creditorAccount: (payee ?? payer).accountIdentifiers[0],
  creditorName: 'A supplier',
})
console.log('payment:', JSON.stringify(answer))

async function call(method, path, body) {
  const request = body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }
  const response = await fetch(bank + path, { method, ...request })
  const text = await response.text()
  if (!response.ok) throw new Error(`${method} ${path} was answered ${response.status}: ${text}`)
  return JSON.parse(text)
}

function describe({ accountDescription, currency, status }) {
  return `${accountDescription} (${currency}, ${status})`
}
