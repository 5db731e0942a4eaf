import { test } from 'tap'
import type { Material } from '../../src/credentials/unlock.ts'
import { answer } from '../../src/credentials/unlock.ts'
import { unlockAside } from '../../src/credentials/unlock-aside.ts'
import { createAuthority } from '../support/pki.ts'

const client = await (await createAuthority()).client()

test('a PFX with 600,000 iterations opens without holding up anything else', async (t) => {
  const pfx = client.pfx('pass', { iterations: 600_000, mac: 'pbmac1' })
  let turns = 0
  const other = setInterval(() => {
    turns += 1
  }, 1).unref()
  const unlocked = await unlockAside(material(pfx))
  clearInterval(other)
  t.equal(unlocked.keys[0], client.keyPem)
  t.strictSame(
    unlocked.certificates.map((der) => Buffer.from(der)),
    [client.certificate.raw],
  )
  t.ok(turns > 20, `other work had ${turns} turns`)
})

test('what is wrong is said by the thread as well', async (t) => {
  await t.rejects(unlockAside(material(client.pfx('other', { iterations: 2 }))), {
    code: 'certificate_unusable',
    message: /^the passphrase does not open the certificate file/,
  })
})

test('what needs no passphrase needs no thread', async (t) => {
  const gone = AbortSignal.abort()
  const pem = Buffer.from(client.certPem + client.keyPem)
  t.equal((await unlockAside(material(pem), { signal: gone })).format, 'pem')
})

test('a thread is ended when it takes too long, and when nobody waits any longer', async (t) => {
  const costly = material(client.pfx('pass', { encryption: '3des', iterations: 2_000 }))
  const late = { code: 'certificate_unusable', message: /^the certificate file did not open within \d+ ms; / }
  await t.rejects(unlockAside(costly, { timeoutMs: 1 }), late)
  await t.rejects(unlockAside(costly, { signal: AbortSignal.abort() }), late)
  const leaving = new AbortController()
  const opening = unlockAside(costly, { signal: leaving.signal })
  leaving.abort()
  await t.rejects(opening, late)
})

test('a thread that fails says so', async (t) => {
  const key = { name: 'key file', bytes: null as never }
  await t.rejects(unlockAside({ ...material(client.pfx('pass')), key }), {
    code: 'certificate_unusable',
    message: 'the certificate file cannot be opened: TypeError',
  })
})

test('an answer is plain data', async (t) => {
  const whole = material(client.pfx('pass', { iterations: 2 }))
  t.match(await answer(whole), { unlocked: { format: 'pfx' } })
  t.match(await answer({ ...whole, passphrase: 'no' }), { fault: /^the passphrase does not open/ })
  const key = { name: 'key file', bytes: Buffer.from(client.keyPem) }
  t.match(await answer({ ...whole, key }), { unlocked: { keys: [client.keyPem, client.keyPem] } })
  await t.rejects(
    answer({ ...whole, certificate: { name: 'certificate file', bytes: null as never } }),
    TypeError,
  )
})

function material(bytes: Buffer): Material {
  return { certificate: { name: 'certificate file', bytes }, key: undefined, passphrase: 'pass' }
}
