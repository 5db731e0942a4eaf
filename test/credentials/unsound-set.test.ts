import { mkdirSync } from 'node:fs'
import { inspect } from 'node:util'
import { type Test, test } from 'tap'
import { unlock } from '../../src/credentials/unlock.ts'
import { createAuthority, keyUsages } from '../support/pki.ts'
import { type Contents, credentialDirectory } from './credential-directory.ts'
import { readCredentialSet } from './read-credential-set.ts'

const authority = await createAuthority()
const client = await authority.client()
const other = await authority.client()
const hour = 3_600_000
const pem = client.certPem + client.keyPem
const encrypted = client.keys.privateKey.export({
  type: 'pkcs8',
  format: 'pem',
  cipher: 'aes-256-cbc',
  passphrase: 'x',
})

test('every unsound set is told apart, with a cure and without a secret', async (t) => {
  const expired = await authority.client({
    notBefore: new Date(Date.now() - 2 * hour),
    notAfter: new Date(Date.now() - hour),
  })
  const early = await authority.client({ notBefore: new Date(Date.now() + hour) })
  const forServers = await authority.client({ extendedKeyUsage: [keyUsages.serverAuth] })
  const small = await authority.client({ key: 'RSA-512' })
  const pfx = client.pfx('hunter3', { iterations: 2 })
  const cases: Array<[contents: Contents, sentence: RegExp]> = [
    [{ certificate: '' }, /^the certificate file \S+ is empty; copy it again$/],
    [{ certificate: 'hello' }, / is neither PFX nor PEM; /],
    [{ certificate: pem.slice(0, 300) }, / is half written: /],
    [
      { certificate: pfx.subarray(0, 300), passphrase: 'hunter3' },
      / is a PFX that is damaged or half written; /,
    ],
    [{ certificate: pfx, passphrase: 'hunter4' }, /^the passphrase does not open the certificate file \S+; /],
    [{ certificate: pfx }, / needs a passphrase, and none is set; /],
    [{ certificate: client.certPem, key: encrypted }, /^the certificate key file \S+ needs a passphrase, /],
    [{ certificate: client.certPem }, / comes without its private key; /],
    [
      { certificate: client.pfx('hunter3', { key: 'none' }), passphrase: 'hunter3' },
      / comes without its private key; /,
    ],
    [{ certificate: client.keyPem }, / holds no certificate; /],
    [{ certificate: client.certPem, key: other.keyPem }, /^the private key belongs to another certificate/],
    [
      { certificate: client.pfx('hunter3', { key: other.keys }), passphrase: 'hunter3' },
      / belongs to another /,
    ],
    [
      { certificate: expired.certPem, key: expired.keyPem },
      / has expired at \d{4}-.*Z; ask the bank for a new one/,
    ],
    [{ certificate: early.certPem, key: early.keyPem }, / is not valid before \d{4}-.*Z; /],
    [{ certificate: forServers.certPem, key: forServers.keyPem }, /^the extended key usage /],
    [{ certificate: small.certPem, key: small.keyPem }, /: its key is too small; /],
    [{ certificate: pem, ca: '' }, /^the CA file \S+ is empty; /],
    [{ certificate: pem, ca: 'hello' }, /^the CA file \S+ is no PEM; give the roots in PEM$/],
    [{ certificate: pem, username: '\n' }, /^the user name file \S+ is empty; /],
    [{ certificate: pem, username: 'some:one' }, /^the user name file \S+ has a colon in it, /],
    [{ certificate: pem, password: '' }, /^the password file \S+ is empty; /],
    [{ certificate: pem, password: Buffer.from([0xe4]) }, /^the password file \S+ is not in UTF-8; /],
    [
      { certificate: pfx, passphrase: Buffer.from([0xe4]) },
      /^the certificate passphrase file \S+ is not in UTF-8; /,
    ],
  ]
  for (const [contents, sentence] of cases) await fails(t, contents, sentence)
})

test('every file that is missing, or a directory, is named', async (t) => {
  const whole = { certificate: client.certPem, key: encrypted, passphrase: 'x', ca: authority.caPem }
  for (const [role, name] of [
    ['certificate', 'certificate file'],
    ['key', 'certificate key file'],
    ['passphrase', 'certificate passphrase file'],
    ['username', 'user name file'],
    ['password', 'password file'],
    ['ca', 'CA file'],
  ] as const) {
    const directory = credentialDirectory(t, whole)
    directory.remove(role)
    const missing = new RegExp(`^the ${name} ${directory.path}/${role} does not exist; `)
    await t.rejects(readCredentialSet(directory.sources, { unlock }), {
      code: 'certificate_unusable',
      message: missing,
    })
    mkdirSync(`${directory.path}/${role}`)
    await t.rejects(readCredentialSet(directory.sources, { unlock }), {
      message: /is a directory; name a file in it$/,
    })
  }
})

async function fails(t: Test, contents: Contents, sentence: RegExp): Promise<void> {
  const { sources } = credentialDirectory(t, contents)
  const error = await readCredentialSet(sources, { unlock }).catch((fault: Error) => fault)
  t.match(error, { code: 'certificate_unusable', message: sentence })
  t.notMatch(inspect(error), /hunter|someone|PRIVATE/)
}
