import { test } from 'tap'
import { validityFault } from '../../src/credentials/validity.ts'

const notBefore = new Date('2026-01-01T00:00:00Z')
const notAfter = new Date('2026-12-31T23:59:59Z')
const validity = { subject: 'CN=Client', notBefore, notAfter }

test('a certificate holds from its first second to its last', (t) => {
  t.equal(validityFault(validity, notBefore.getTime()), undefined)
  t.equal(validityFault(validity, notAfter.getTime()), undefined)
  t.end()
})

test('before and after it does not, and the sentence says since when or until when', (t) => {
  t.match(validityFault(validity, notBefore.getTime() - 1), {
    code: 'certificate_unusable',
    message: /^the client certificate of CN=Client is not valid before 2026-01-01T00:00:00.000Z; /,
  })
  t.match(validityFault(validity, notAfter.getTime() + 1), {
    code: 'certificate_unusable',
    message: /^the client certificate of CN=Client has expired at 2026-12-31T23:59:59.000Z; /,
  })
  t.end()
})
