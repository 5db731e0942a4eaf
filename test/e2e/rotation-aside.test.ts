import { pbkdf2Sync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { createRequire, syncBuiltinESMExports } from 'node:module'
import { join } from 'node:path'
import type { SecureContextOptions } from 'node:tls'
import { type Test, test } from 'tap'
import { takeTurns, turnMeter } from '../soak/turns.ts'
import { respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'
import { checkPayments, startPayments, startRotating } from './rotation-rig.ts'

const passphrase = 'open sesame'
const iterations = 600_000
const derivations = ['pbkdf2Sync', 'pbkdf2', 'scryptSync', 'scrypt', 'hash', 'createDecipheriv'] as const
type Call = (...args: unknown[]) => unknown

/** What this thread, which is the sidecar's as well, does from now on of what takes long. */
function watchThread(t: Test): { opened: string[]; contexts: SecureContextOptions[] } {
  const require = createRequire(import.meta.url)
  const opened: string[] = []
  const contexts: SecureContextOptions[] = []
  const watch = (module: Record<string, Call>, name: string, see: (options: unknown) => void): void => {
    const plain = module[name] as Call
    module[name] = (...args) => {
      see(args[0])
      return plain(...args)
    }
    t.teardown(() => {
      module[name] = plain
      syncBuiltinESMExports()
    })
  }
  const crypto = require('node:crypto')
  for (const name of derivations) watch(crypto, name, () => opened.push(name))
  watch(crypto, 'createPrivateKey', (options) => {
    if ((options as SecureContextOptions).passphrase !== undefined) opened.push('createPrivateKey')
  })
  watch(require('node:tls'), 'createSecureContext', (options) =>
    contexts.push(options as SecureContextOptions),
  )
  syncBuiltinESMExports()
  return { opened, contexts }
}

const variables = (file: string): Record<string, string> => ({
  BC_CERTIFICATE_FILE: file,
  BC_CERTIFICATE_KEY_FILE: '',
  BC_CERTIFICATE_PASSPHRASE: passphrase,
})

test('no passphrase is worked on beside requests, and TLS is set up once for each set', async (t) => {
  const authority = await anyAuthority()
  const client = await authority.client({ name: 'first' })
  const file = join(t.testdir({ client: client.chainPem + client.keyPem }), 'client')
  const next = await authority.client({ name: 'second', key: 'RSA-2048' })
  const cipher = { cipher: 'aes-256-cbc', passphrase }
  const key = next.keys.privateKey.export({ type: 'pkcs8', format: 'pem', ...cipher }).toString()
  const contents: readonly (string | Buffer)[] = [
    next.pfx(passphrase, { iterations, mac: 'pbmac1' }),
    next.pfx(passphrase, { encryption: 'rc2-40' }),
    next.chainPem + key,
  ]
  const rotating = await startRotating(t, { authority, client, env: variables(file) })
  const payments = rotating.pay()
  const { opened, contexts } = watchThread(t)
  for (const [index, content] of contents.entries()) {
    writeFileSync(file, content)
    rotating.sidecar.reload()
    const applied = () => rotating.events('credentials_applied').length === index + 2
    await until(applied, { timeoutMs: 60_000 })
    await payments.more(20)
  }
  t.strictSame(opened, [])
  t.equal(contexts.length, contents.length)
  t.notOk(contexts.some((options) => options.pfx !== undefined || options.passphrase !== undefined))
  await checkPayments(t, payments, rotating)
})

test('no turn of the event loop computes for as long as one of the derivations that a PFX asks for', {
  skip: process.platform !== 'linux' && 'only Linux keeps this account',
}, async (t) => {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  bank.api.handler = ({ response }) => respond(response, 201, { paymentId: 'p' })
  const client = await authority.client({ name: 'first' })
  const next = await authority.client({ name: 'second', key: 'RSA-2048' })
  const pfx = next.pfx(passphrase, { iterations, mac: 'pbmac1' })
  const file = join(t.testdir({ client: client.chainPem + client.keyPem }), 'client')
  const env = { ...writeCredentials(join(file, '..'), { bank, authority, client }), ...variables(file) }
  const program = startProgram(t, ['run'], { env, nodeOptions: turnMeter, bundled: true })
  const apps = await program.apps()
  await program.event('token_renewed')
  const payments = startPayments(t, apps, 4)
  await payments.more(100)
  await takeTurns(program)
  writeFileSync(file, pfx)
  await program.event('credentials_applied', { thumbprint: next.thumbprint })
  await payments.more(20)
  const { longestTurnMs } = await takeTurns(program)
  const before = process.cpuUsage()
  pbkdf2Sync(passphrase, 'salt', iterations, 32, 'sha256')
  const derivationMs = process.cpuUsage(before).user / 1000
  t.ok(longestTurnMs < derivationMs, `${longestTurnMs} ms of ${derivationMs} ms`)
  await payments.stop()
  t.strictSame(payments.failures, [])
})
