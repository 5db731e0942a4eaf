import { test } from 'tap'
import { readRoots } from '../../src/credentials/roots.ts'
import { createAuthority } from '../support/pki.ts'

const name = 'CA file /ca.pem'
const authority = await createAuthority()
const other = await createAuthority({ name: 'Other Root' })

test('every certificate of a CA file is a root', (t) => {
  const bytes = Buffer.from(`# two\n${authority.caPem}${other.caPem}`)
  t.strictSame(
    readRoots({ name, bytes }).map(({ subject }) => subject),
    ['CN=Test Root', 'CN=Other Root'],
  )
  t.end()
})

test('an unsound CA file is told apart', async (t) => {
  const pfx = (await authority.client()).pfx('pass', { iterations: 2 })
  const cases: Array<[bytes: Buffer, sentence: RegExp]> = [
    [Buffer.alloc(0), /^the CA file \/ca.pem is empty; /],
    [Buffer.from('hello'), / is neither PFX nor PEM; /],
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
    t.throws(() => readRoots({ name, bytes }), { code: 'certificate_unusable', message })
  }
})
