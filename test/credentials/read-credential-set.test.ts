import { test } from 'tap'
import { readCredentialSet } from '../../src/credentials/read-credential-set.ts'
import { createAuthority } from '../support/pki.ts'
import { makePfx } from '../support/pki-pfx.ts'
import { credentialDirectory } from './credential-directory.ts'

test('a PFX gives certificate, key and chain, however it is encrypted', async (t) => {
  const authority = await createAuthority()
  const intermediate = await authority.intermediate()
  for (const key of ['RSA-2048', 'P-256', 'P-384'] as const) {
    const client = await intermediate.client({ key })
    for (const encryption of ['aes256', '3des', 'rc2-40', 'rc2-128', 'none'] as const) {
      const { sources } = credentialDirectory(t, {
        certificate: client.pfx('pass', { encryption }),
        passphrase: 'pass\n',
      })
      const set = await readCredentialSet(sources)
      t.match(set, {
        thumbprint: client.thumbprint,
        subject: 'CN=Test Client',
        issuer: 'CN=Test Intermediate',
        format: encryption.startsWith('rc2') ? 'legacy pfx' : 'pfx',
        keyType: key.replace('RSA-', 'RSA ').replace('P-', 'EC P-'),
        chainLength: 2,
        rootCount: undefined,
      })
      t.equal(set.warnings.length, encryption.startsWith('rc2') ? 1 : 0)
      t.equal(set.username.reveal(), 'someone')
    }
  }
})
void makePfx
