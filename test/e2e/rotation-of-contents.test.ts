import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'tap'
import { anyAuthority, createAuthority, type Issued } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { checkPayments, startRotating } from './rotation-rig.ts'

/** Certificate and key in one file. */
const bundleOf = ({ chainPem, keyPem }: Issued): string => `${chainPem}\n${keyPem}`

test('other formats and key types under the same name, under load', async (t) => {
  const authority = await anyAuthority()
  const below = await authority.intermediate()
  const client = await authority.client({ name: 'first' })
  const file = join(t.testdir({ client: bundleOf(client) }), 'client')
  const env = {
    BC_CERTIFICATE_KEY_FILE: '',
    BC_CERTIFICATE_PASSPHRASE: 'open sesame',
    BC_CERTIFICATE_FILE: file,
  }
  const p384 = await authority.client({ name: 'P-384', key: 'P-384' })
  const chained = await below.client({ name: 'chained' })
  const rsa = await authority.client({ name: 'RSA', key: 'RSA-2048' })
  const pfx = rsa.pfx('open sesame', { iterations: 600_000, mac: 'pbmac1' })
  const legacy = await authority.client({ name: 'legacy', key: 'RSA-2048' })
  const chainedPfx = await below.client({ name: 'chained in a PFX' })
  const again = await authority.client({ name: 'again' })
  const rotating = await startRotating(t, { authority, client, env })
  const { bank, sidecar, events } = rotating
  const payments = rotating.pay({ pauseMs: 20 })
  const contents: [Issued, string | Buffer][] = [
    [p384, bundleOf(p384)],
    [chained, bundleOf(chained)],
    [rsa, pfx],
    [legacy, legacy.pfx('open sesame', { encryption: 'rc2-40' })],
    [chainedPfx, chainedPfx.pfx('open sesame')],
    [again, bundleOf(again)],
  ]
  const answered: number[] = []
  for (const [index, [next, content]] of contents.entries()) {
    const before = payments.count()
    writeFileSync(file, content)
    sidecar.reload()
    await until(() => events('credentials_applied').length === index + 2)
    answered.push(payments.count() - before)
    await payments.more(20)
    t.equal(bank.api.requests.at(-1)?.thumbprint, next.thumbprint)
  }
  await checkPayments(t, payments, rotating)
  t.equal(bank.issued.length, contents.length + 1)
  t.ok(Number(answered[2]) > 10, `beside the PFX with 600,000 iterations: ${answered.join()}`)
})

test('a new password, under load', async (t) => {
  const rotating = await startRotating(t)
  const { bank, dir, events } = rotating
  const basic = `Basic ${Buffer.from(`${bank.username}:new wörds`).toString('base64')}`
  const old = bank.authorization.accepts
  bank.authorization.accepts = (seen) => seen.headers.authorization === basic || old(seen)
  const payments = rotating.pay()
  await payments.more(20)
  writeFileSync(join(dir, 'password'), 'new wörds\n')
  rotating.sidecar.reload()
  await until(() => events('credentials_applied').length === 2)
  bank.authorization.accepts = (seen) => seen.headers.authorization === basic
  await payments.more(20)
  t.equal(bank.api.requests.at(-1)?.token, bank.issued.at(-1)?.token)
  t.equal(bank.authorization.requests.at(-1)?.headers.authorization, basic)
  await checkPayments(t, payments, rotating)
})

test('a new CA for the bank: first both, then the new one, under load', async (t) => {
  const rotating = await startRotating(t)
  const { authority, bank, dir, events } = rotating
  const other = await createAuthority({ name: 'Other Root' })
  const { chainPem: cert, keyPem: key } = await other.server()
  const payments = rotating.pay()
  await payments.more(20)
  writeFileSync(join(dir, 'ca.pem'), authority.caPem + other.caPem)
  rotating.sidecar.reload()
  await until(() => events('credentials_applied').length === 2)
  await payments.more(20)
  for (const listener of [bank.api, bank.authorization]) listener.setTls({ cert, key, ca: authority.caPem })
  writeFileSync(join(dir, 'ca.pem'), other.caPem)
  rotating.sidecar.reload()
  await until(() => events('credentials_applied').length === 3)
  const connections = bank.api.connections.length
  await payments.more(20)
  t.ok(bank.api.connections.length > connections, 'connections of its own')
  await checkPayments(t, payments, rotating)
})
