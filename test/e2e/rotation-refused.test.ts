import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { type Test, test } from 'tap'
import { respond } from '../support/bank.ts'
import { createAuthority, type Issued } from '../support/pki.ts'
import { until } from '../support/until.ts'
import { checkPayments, type Rotating, startRotating } from './rotation-rig.ts'

type Write = (name: 'client.pem' | 'client-key.pem' | 'username' | 'password', content: string) => void

const writer =
  ({ dir }: Pick<Rotating, 'dir'>): Write =>
  (name, content) =>
    writeFileSync(join(dir, name), content)

function writeSet(write: Write, { chainPem, keyPem }: Issued): void {
  write('client.pem', chainPem)
  write('client-key.pem', keyPem)
}

const refusals = async ({ admin }: Rotating): Promise<string | undefined> =>
  /credential_reloads_total\{.*result="refused"\} (\d+)/.exec(
    await (await fetch(`${admin}/metrics`)).text(),
  )?.[1]

/** New files are refused, once; the old set serves, before and after; then they are mended. */
async function checkRefusal(
  t: Test,
  rotating: Rotating,
  options: Pick<Wrong, 'reason' | 'mend'> & { readonly reload: boolean },
) {
  const { authority, bank, client, sidecar, events, ready, status } = rotating
  const payments = rotating.pay({ clients: 1, pauseMs: 100 })
  if (options.reload) sidecar.reload()
  await until(() => events('credentials_refused').length > 0)
  t.match(events('credentials_refused')[0], { level: 'error', environment: 'test', reason: options.reason })
  t.ok(await ready(), 'ready stays ready')
  t.match((await status()).certificate, { thumbprint: client.thumbprint, lastError: options.reason })
  sidecar.reload()
  await payments.more(5)
  t.equal(bank.api.requests.at(-1)?.thumbprint, client.thumbprint, 'the old set serves')
  await options.mend?.(rotating)
  const next = await authority.client({ name: 'mended' })
  writeSet(writer(rotating), next)
  writeFileSync(join(rotating.dir, 'password'), bank.password)
  await rotating.applied(next, { reload: false })
  await payments.more(5)
  await checkPayments(t, payments, rotating)
  t.ok(await ready())
  t.equal((await status()).certificate.lastError, null)
  t.equal(events('credentials_refused').length, 1, 'said once')
  t.equal(await refusals(rotating), '1')
}

interface Wrong {
  readonly files: (write: Write, rotating: Rotating) => void | Promise<void>
  readonly reason: RegExp
  /** What the bank does before the files are mended. */
  readonly mend?: (rotating: Rotating) => Promise<void>
}

const inSixHours = 6 * 3_600_000

const wrongFiles: Readonly<Record<string, Wrong>> = {
  'half a file': {
    files: (write, { client }) => write('client.pem', client.chainPem.slice(0, 300)),
    reason: /client\.pem/,
  },
  'an empty file': { files: (write) => write('client-key.pem', ''), reason: /client-key\.pem/ },
  'no file': { files: (_write, { dir }) => rmSync(join(dir, 'client.pem')), reason: /client\.pem/ },
  'a wrong passphrase': {
    files(write, { client }) {
      const protection = { cipher: 'aes-256-cbc', passphrase: 'right' }
      const key = client.keys.privateKey.export({ type: 'pkcs8', format: 'pem', ...protection })
      write('client-key.pem', key.toString())
    },
    reason: /passphrase/,
  },
  'an expired certificate': {
    async files(write, { authority }) {
      const times = { notBefore: new Date(Date.now() - inSixHours), notAfter: new Date(Date.now() - 60_000) }
      writeSet(write, await authority.client(times))
    },
    reason: /expired/,
  },
  "another's key": {
    files: async (write, { authority }) => write('client-key.pem', (await authority.client()).keyPem),
    reason: /key/,
  },
  'an empty password': { files: (write) => write('password', ''), reason: /password/ },
}

const byTheBank: Readonly<Record<string, Wrong>> = {
  'a certificate that the bank does not know': {
    async files(write, { authority, bank }) {
      const unknown = await authority.client({ name: 'unknown' })
      const plain = bank.authorization.handler
      bank.authorization.handler = (exchange) =>
        exchange.seen.thumbprint === unknown.thumbprint
          ? respond(exchange.response, 403, {})
          : plain(exchange)
      writeSet(write, unknown)
    },
    reason: /403/,
  },
  'a wrong password': {
    files: (write) => write('password', 'wrong-password'),
    reason: /401/,
  },
  'a certificate by hanging up, in TLS 1.3': {
    files: writeStranger,
    reason: /closed the connection .* some servers refuse a client certificate so/,
  },
  'a certificate by hanging up, in TLS 1.2': {
    async files(write, rotating) {
      await setTls(rotating, { maxVersion: 'TLSv1.2' })
      await writeStranger(write)
    },
    reason: /some servers refuse a client certificate/,
  },
  // A client without a key for these signatures presents no certificate, and OpenSSL answers that with an alert by itself.
  'a certificate by an alert, in TLS 1.3': {
    async files(write, rotating) {
      await setTls(rotating, { sigalgs: 'RSA-PSS+SHA256' })
      writeSet(write, await rotating.authority.client({ name: 'second' }))
    },
    reason: /refused our client certificate \(ERR_SSL_.*CERTIFICATE_REQUIRED\)/,
    mend: (rotating) => setTls(rotating, { sigalgs: 'RSA-PSS+SHA256:ECDSA+SHA256' }),
  },
}

/** From a root that the bank does not know. Node.js's servers then close without an alert. */
async function writeStranger(write: Write): Promise<void> {
  writeSet(write, await (await createAuthority({ name: 'Stranger' })).client({ name: 'stranger' }))
}

async function setTls({ authority, bank }: Rotating, options: TlsOptions): Promise<void> {
  const { chainPem: cert, keyPem: key } = await authority.server({ key: 'RSA-2048' })
  bank.authorization.setTls({ cert, key, ca: authority.caPem, ...options })
}

const cases = Object.keys(wrongFiles).length + Object.keys(byTheBank).length

// What may be a set that is still being written is waited out for 10 s: all of them at once.
test('files that are wrong keep the old set serving', { jobs: cases }, async (t) => {
  const here = Object.entries(wrongFiles).map(([name, { files, reason }]) =>
    t.test(name, { buffered: true }, async (t) => {
      const env = { BC_CERTIFICATE_PASSPHRASE: 'wrong' }
      const rotating = await startRotating(t, { env })
      await files(writer(rotating), rotating)
      await checkRefusal(t, rotating, { reason, reload: false })
      t.equal(rotating.bank.issued.length, 2, 'the bank was not asked about it')
    }),
  )
  const there = Object.entries(byTheBank).map(([name, { files, reason, mend }]) =>
    t.test(`the bank refuses ${name}`, { buffered: true }, async (t) => {
      const rotating = await startRotating(t)
      await files(writer(rotating), rotating)
      await checkRefusal(t, rotating, { reason, reload: true, ...(mend && { mend }) })
      t.notMatch(JSON.stringify(rotating.lines), 'wrong-password')
    }),
  )
  await Promise.all([...here, ...there])
})

test('a bank that is down defers a new set; it is in use once the bank is back', async (t) => {
  const rotating = await startRotating(t)
  const { authority, bank, client, events } = rotating
  const plain = bank.authorization.handler
  bank.authorization.handler = ({ response }) => respond(response, 500, {})
  const payments = rotating.pay({ clients: 1 })
  const next = await authority.client({ name: 'second' })
  writeSet(writer(rotating), next)
  rotating.sidecar.reload()
  await until(() => events('credentials_deferred').length === 1)
  t.ok(await rotating.ready())
  t.equal((await rotating.status()).certificate.thumbprint, client.thumbprint)
  bank.authorization.handler = plain
  await rotating.applied(next, { reload: false })
  await payments.more(5)
  await checkPayments(t, payments, rotating)
  t.equal(events('credentials_refused').length, 0)
})
