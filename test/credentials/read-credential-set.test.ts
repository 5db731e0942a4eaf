import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect, createServer, rootCertificates } from 'node:tls'
import { type Test, test } from 'tap'
import type { CredentialSet } from '../../src/credentials/credential-set.ts'
import { unlock } from '../../src/credentials/unlock.ts'
import { Secret } from '../../src/secret.ts'
import { createAuthority, type Issued } from '../support/pki.ts'
import { makePfx } from '../support/pki-pfx.ts'
import { type Contents, credentialDirectory } from './credential-directory.ts'
import { readCredentialSet } from './read-credential-set.ts'

const authority = await createAuthority()
const intermediate = await authority.intermediate()
const client = await intermediate.client({ key: 'RSA-2048' })

test('a set says what it is made of, and nothing secret', async (t) => {
  const contents = {
    certificate: client.chainPem,
    key: client.keyPem,
    ca: authority.caPem,
    passphrase: 'unused',
  }
  const { sources } = credentialDirectory(t, contents)
  const loadedAt = new Date()
  const set = await readCredentialSet(sources, { wallNow: () => loadedAt.getTime() })
  t.match(set, {
    thumbprint: client.thumbprint,
    subject: 'CN=Test Client',
    issuer: 'CN=Test Intermediate',
    notBefore: new Date(client.certificate.validFrom),
    notAfter: new Date(client.certificate.validTo),
    identity: /^[0-9a-f]{64}$/,
    loadedAt,
    format: 'pem',
    keyType: 'RSA 2048',
    chainLength: 2,
    rootCount: 1,
    warnings: [],
  })
  t.equal(set.username.reveal(), 'someone')
  t.equal(set.password.reveal(), 'hunter2')
  t.strictSame(
    set.files.map(({ role }) => role),
    ['certificate', 'key', 'passphrase', 'username', 'password', 'ca'],
  )
  t.equal(set.files[1]?.sizeBytes, client.keyPem.length)
  const { secureContext: _, ...shown } = set
  t.notMatch(JSON.stringify(shown), /hunter2|someone|PRIVATE|unused/)
})

test('a legacy PFX is read on a thread of its own, and warned about', async (t) => {
  const { certificateFile } = credentialDirectory(t, {
    certificate: client.pfx('pass', { encryption: 'rc2-40' }),
  }).sources
  const set = await readCredentialSet({
    certificateFile,
    certificatePassphrase: new Secret('pass'),
    username: new Secret('someone'),
    password: new Secret('hunter2'),
  })
  t.match(set, { format: 'legacy pfx', thumbprint: client.thumbprint, rootCount: undefined })
  t.match(set.warnings, [/is encrypted with RC2, which is long broken: export it again with AES-256$/])
})

test('the set works for mutual TLS, and trusts the CA file alone', async (t) => {
  const ca = authority.caPem
  const pem = { certificate: client.chainPem, key: client.keyPem }
  t.strictSame(await handshake(t, { ...pem, ca }), { bankSees: client.thumbprint, trusted: true })
  t.strictSame(await handshake(t, pem), { bankSees: client.thumbprint, trusted: false })
  t.strictSame(await handshake(t, { ...pem, ca: `${rootCertificates[0]}` }), {
    bankSees: client.thumbprint,
    trusted: false,
  })
})

test('no authority in a PFX becomes a trusted root', async (t) => {
  const certificates = [client, intermediate, authority].map(({ certificate }) => certificate.raw)
  const keys = [client.keys.privateKey.export({ type: 'pkcs8', format: 'der' })]
  const certificate = makePfx({ certificates, keys, passphrase: 'pass' })
  const contents = { certificate, passphrase: 'pass', ca: `${rootCertificates[0]}` }
  t.strictSame(await handshake(t, contents), { bankSees: client.thumbprint, trusted: false })
})

async function handshake(t: Test, contents: Contents): Promise<{ bankSees: string; trusted: boolean }> {
  const { sources } = credentialDirectory(t, contents)
  const set = await readCredentialSet(sources, { unlock })
  const server = await authority.server()
  return { ...(await meet(t, set, server)) }
}

async function meet(
  t: Test,
  { secureContext }: CredentialSet,
  bank: Issued,
): Promise<{ bankSees: string; trusted: boolean }> {
  const options = { cert: bank.chainPem, key: bank.keyPem, ca: authority.caPem, requestCert: true }
  const server = createServer({ ...options, maxVersion: 'TLSv1.2' }, (socket) => {
    socket.end(socket.getPeerCertificate().fingerprint.replaceAll(':', ''))
  })
  t.teardown(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const socket = connect({ port, host: '127.0.0.1', secureContext, rejectUnauthorized: false })
  const [bankSees] = await once(socket, 'data')
  await once(socket, 'close')
  return { bankSees: bankSees.toString(), trusted: socket.authorized }
}
