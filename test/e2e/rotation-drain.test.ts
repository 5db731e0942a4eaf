import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { answerAfter } from '../support/answer-with.ts'
import { type Exchange, respond } from '../support/bank.ts'
import type { Issued } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { checkPayments, type Rotating, startRotating } from './rotation-rig.ts'

function writeSet({ dir }: Pick<Rotating, 'dir'>, { chainPem, keyPem }: Issued): void {
  writeFileSync(join(dir, 'client.pem'), chainPem)
  writeFileSync(join(dir, 'client-key.pem'), keyPem)
}

test('what is in flight finishes on the old connection, which closes after it', async (t) => {
  const rotating = await startRotating(t)
  const { app, authority, bank, client } = rotating
  const plain = bank.api.handler
  const held: Exchange[] = []
  bank.api.handler = (exchange) => void held.push(exchange)
  const calls = [1, 2, 3].map(() => app.call({ method: 'POST', path: '/p', body: 'x' }))
  await until(() => held.length === calls.length)
  bank.api.handler = plain
  const next = await authority.client({ name: 'second' })
  writeSet(rotating, next)
  await rotating.applied(next)
  t.equal((await app.call({ path: '/a' })).status, 201)
  t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
  const openOld = (): number =>
    bank.api.connections.filter(({ open, thumbprint }) => open && thumbprint === client.thumbprint).length
  for (const left of [2, 1, 0]) {
    const { response } = held.shift() as Exchange
    respond(response, 201, { paymentId: 'p' })
    await until(() => openOld() === left)
  }
  for (const answer of await Promise.all(calls)) t.equal(answer.status, 201)
  t.equal(bank.api.openCount(), 1)
})

test('an upload that began before a rotation ends on the old certificate', async (t) => {
  const rotating = await startRotating(t)
  const { apps, authority, bank, client } = rotating
  let body: ReadableStreamDefaultController<Uint8Array> | undefined
  const stream = new ReadableStream<Uint8Array>({
    start(controller) {
      body = controller
      controller.enqueue(Buffer.from('half and '))
    },
  })
  const answer = fetch(`${apps}/p`, { method: 'POST', body: stream, duplex: 'half' })
  await until(() => bank.api.requests.length === 1)
  const next = await authority.client({ name: 'second' })
  writeSet(rotating, next)
  await rotating.applied(next)
  body?.enqueue(Buffer.from('half'))
  body?.close()
  t.equal((await answer).status, 201)
  t.equal(bank.api.requests[0]?.thumbprint, client.thumbprint)
  t.equal(String(bank.api.requests[0]?.body), 'half and half')
  await until(() => bank.api.openCount() === 0)
})

/** What this process holds open, by kind. */
function openResources(): Record<string, number> {
  const kinds: Record<string, number> = {}
  for (const kind of process.getActiveResourcesInfo())
    if (/Socket|Pipe|FSEvent|Worker|TLS/.test(kind)) kinds[kind] = (kinds[kind] ?? 0) + 1
  return kinds
}

test('twenty rotations leave nothing behind', async (t) => {
  const rotating = await startRotating(t)
  const { app, authority, bank, events } = rotating
  const once = async (round: number): Promise<void> => {
    const next = await authority.client({ name: `client ${round}` })
    writeSet(rotating, next)
    await rotating.applied(next)
    t.equal((await app.call({ path: '/a' })).status, 201)
    t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
    await until(() => bank.api.openCount() === 1 && bank.authorization.openCount() === 0)
  }
  await once(0)
  const before = openResources()
  for (let round = 1; round <= 20; round++) await once(round)
  t.equal(events('credentials_applied').length, 22)
  t.equal(bank.issued.length, 22, 'one token request each')
  await until(() => JSON.stringify(openResources()) === JSON.stringify(before))
})

test('twenty rotations under load, more than are proved at once, lose nothing', async (t) => {
  const rotating = await startRotating(t)
  const { authority, bank, events } = rotating
  const payments = rotating.pay()
  // Longer than a round, so that newer files come while these are proved.
  answerAfter(bank.authorization, () => payments.more(8))
  for (let round = 1; round <= 20; round++) {
    const next = await authority.client({ name: `client ${round}` })
    writeSet(rotating, next)
    rotating.sidecar.reload()
    await payments.more(4)
    if (round === 20) await rotating.applied(next)
  }
  t.ok(events('credentials_applied').length < 21, 'some gave way to newer ones')
  await payments.more(20)
  const last = bank.api.requests.at(-1)?.thumbprint
  await checkPayments(t, payments, rotating)
  await until(() => bank.api.connections.every(({ open, thumbprint }) => !open || thumbprint === last))
  t.ok(bank.api.openCount() <= 4)
  await until(() => bank.authorization.openCount() === 0)
})

test('without files it is not ready and says why; once they come, it serves', async (t) => {
  const dir = t.testdir({})
  const env = {
    BC_CERTIFICATE_FILE: join(dir, 'client.pem'),
    BC_CERTIFICATE_KEY_FILE: join(dir, 'client-key.pem'),
  }
  const rotating = await startRotating(t, { env, ready: false })
  const { app, bank, client } = rotating
  t.notOk(await rotating.ready())
  const refused = await app.call({ method: 'POST', path: '/p', body: 'x' })
  t.match(refused, { status: 503, headers: { 'bc-sidecar-error': 'certificate_unusable' } })
  t.match(refused.json['detail'], 'client.pem')
  t.match((await rotating.status()).certificate.lastError, 'client.pem')
  writeSet({ dir }, client)
  await rotating.applied(client)
  await until(() => rotating.ready())
  t.equal((await app.call({ method: 'POST', path: '/p', body: 'x' })).status, 201)
  t.equal(bank.issued.length, 1)
  t.equal((await rotating.status()).certificate.lastError, null)
})
