import { rootCertificates } from 'node:tls'
import { test } from 'tap'
import { readRoots } from '../../src/credentials/roots.ts'
import { createAuthority } from '../support/pki.ts'

const name = 'CA file /ca.pem'
const authority = await createAuthority()
const other = await createAuthority({ name: 'Other Root' })

test('every certificate of a CA file is a root', async (t) => {
  const bytes = Buffer.from(`# two\n${authority.caPem}${other.caPem}`)
  t.strictSame(
    (await readRoots({ name, bytes })).map(({ subject }) => subject),
    ['CN=Test Root', 'CN=Other Root'],
  )
})

test('a bundle of many roots is read in portions, and requests are served between them', async (t) => {
  const bytes = Buffer.from(rootCertificates.join('\n'))
  let turns = 0
  const count = (): void => {
    turns += 1
    counting = setImmediate(count)
  }
  let counting = setImmediate(count)
  const roots = await readRoots({ name, bytes })
  clearImmediate(counting)
  t.equal(roots.length, rootCertificates.length)
  t.ok(turns >= Math.floor(roots.length / 8), `${turns} turns of the event loop for ${roots.length} roots`)
})

test('an unsound CA file is told apart', async (t) => {
  const pfx = (await authority.client()).pfx('pass', { iterations: 2 })
  const cases: Array<[bytes: Buffer, sentence: RegExp]> = [
    [Buffer.alloc(0), /^the CA file \/ca.pem is empty; /],
    [Buffer.from('hello'), /^the CA file \/ca.pem is no PEM; give the roots in PEM$/],
    [Buffer.from('\ufeffhello', 'utf16le'), / is in UTF-16; /],
    [pfx, / is no PEM; give the roots in PEM$/],
    [authority.certificate.raw, / holds a certificate in DER; /],
    [Buffer.from(authority.keyPem), / holds no certificate; /],
    [Buffer.from(authority.caPem.slice(0, -40)), / is half written: /],
    [
      Buffer.from(authority.caPem.replace('MII', 'AII')),
      /^certificate 1 in the CA file \/ca.pem is damaged; /,
    ],
  ]
  for (const [bytes, message] of cases) {
    await t.rejects(readRoots({ name, bytes }), { code: 'certificate_unusable', message })
  }
})
