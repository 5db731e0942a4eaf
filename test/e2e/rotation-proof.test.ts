import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { respond, type TestBank } from '../support/bank.ts'
import { anyAuthority, type Issued } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { type Rotating, startRotating } from './rotation-rig.ts'

function writeSet({ dir }: Pick<Rotating, 'dir'>, { chainPem, keyPem }: Issued): void {
  writeFileSync(join(dir, 'client.pem'), chainPem)
  writeFileSync(join(dir, 'client-key.pem'), keyPem)
}

/** Until what it returns is called. */
function breakDown({ authorization }: TestBank): () => void {
  const plain = authorization.handler
  authorization.handler = ({ response }) => respond(response, 500, {})
  return () => {
    authorization.handler = plain
  }
}

/** With a certificate that expires in five or six seconds. */
async function startShortLived(t: Test) {
  const authority = await anyAuthority()
  const notAfter = new Date(Math.ceil(Date.now() / 1000) * 1000 + 5_000)
  const client = await authority.client({ name: 'short', notAfter })
  return { rotating: await startRotating(t, { authority, client }), authority, client, notAfter }
}

test('a set that waits for the bank leaves token requests for the next change of files', async (t) => {
  const rotating = await startRotating(t, { env: { BC_TOKEN_REQUESTS_PER_MINUTE: '4' } })
  const { authority, bank, sidecar, events } = rotating
  const mend = breakDown(bank)
  writeSet(rotating, await authority.client({ name: 'second' }))
  sidecar.reload()
  await until(() => events('credentials_deferred').length === 1)
  mend()
  const third = await authority.client({ name: 'third' })
  writeSet(rotating, third)
  await rotating.applied(third)
  t.equal(bank.authorization.requests.length, 3)
})

test('a certificate expires', { jobs: 2 }, async (t) => {
  const serving = t.test(
    'a certificate that expires while it serves; a new set goes in unproved when the bank is down',
    { buffered: true },
    async (t) => {
      const { rotating, authority, notAfter } = await startShortLived(t)
      const { app, bank, sidecar, events } = rotating
      const call = () => app.call({ method: 'POST', path: '/p', body: 'x' })
      t.equal((await call()).status, 201)
      t.equal(events('certificate_expiring').length, 1)
      await until(() => Date.now() > notAfter.getTime())
      t.match(await call(), { status: 503, headers: { 'bc-sidecar-error': 'certificate_unusable' } })
      t.notOk(await rotating.ready())
      await until(() => events('credentials_unusable').length === 1)
      const mend = breakDown(bank)
      const next = await authority.client({ name: 'second' })
      writeSet(rotating, next)
      sidecar.reload()
      await rotating.applied(next, { reload: false })
      t.match(events('credentials_applied').at(-1), { proved: false, thumbprint: next.thumbprint })
      t.match(await call(), { status: 503, headers: { 'bc-sidecar-error': 'token_unavailable' } })
      mend()
      await until(async () => (await call()).status === 201)
      t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
      t.ok(await rotating.ready())
    },
  )

  const waiting = t.test(
    'a candidate goes in unproved once the old certificate has expired',
    { buffered: true },
    async (t) => {
      const { rotating, authority, client, notAfter } = await startShortLived(t)
      const { bank, sidecar, events } = rotating
      breakDown(bank)
      const next = await authority.client({ name: 'second' })
      writeSet(rotating, next)
      sidecar.reload()
      await until(() => events('credentials_deferred').length === 1)
      t.equal((await rotating.status()).certificate.thumbprint, client.thumbprint)
      await rotating.applied(next, { reload: false })
      t.match(events('credentials_applied').at(-1), { proved: false })
      t.ok(Date.now() > notAfter.getTime())
    },
  )

  await Promise.all([serving, waiting])
})
