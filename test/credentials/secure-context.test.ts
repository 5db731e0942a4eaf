import { test } from 'tap'
import { findLeaf, type Leaf } from '../../src/credentials/leaf.ts'
import { secureContextFrom } from '../../src/credentials/secure-context.ts'
import { createAuthority, type Issued } from '../support/pki.ts'

const name = 'certificate file'
const authority = await createAuthority()

test('what OpenSSL refuses is said in words where they are known', async (t) => {
  const small = leafOf(await authority.client({ key: 'RSA-512' }))
  t.throws(() => secureContextFrom({ name, leaf: small, roots: undefined }), {
    code: 'certificate_unusable',
    message: /^OpenSSL refuses the certificate in the certificate file: its key is too small; /,
  })
  const other = await authority.client()
  const mixed = { ...leafOf(await authority.client()), keyPem: other.keyPem }
  t.throws(() => secureContextFrom({ name, leaf: mixed, roots: undefined }), {
    message: /^OpenSSL refuses the certificate in the certificate file: ERR_/,
  })
})

function leafOf({ certificate, keyPem }: Issued): Leaf {
  return findLeaf({ name, unlocked: { format: 'pem', certificates: [certificate.raw], keys: [keyPem] } })
}
