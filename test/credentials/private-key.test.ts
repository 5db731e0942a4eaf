import { test } from 'tap'
import { readPem } from '../../src/credentials/pem.ts'
import { openKey } from '../../src/credentials/private-key.ts'
import { integer, octets, oid, sequence } from '../support/pki-der.ts'
import { keyPair } from '../support/pki-keys.ts'

const name = 'certificate key file /client.key'
const { privateKey: rsa } = await keyPair('RSA-2048')
const { privateKey: ec } = await keyPair('P-384')
const encrypted = ec
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })
  .toString()
const traditional = rsa
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'pass' })
  .toString()

test('private keys in every form of PEM open', (t) => {
  const forms = [
    [rsa, rsa.export({ type: 'pkcs8', format: 'pem' })],
    [rsa, rsa.export({ type: 'pkcs1', format: 'pem' })],
    [rsa, traditional],
    [ec, ec.export({ type: 'sec1', format: 'pem' })],
    [ec, ec.export({ type: 'sec1', format: 'pem', cipher: 'des-ede3-cbc', passphrase: 'pass' })],
    [ec, encrypted],
  ] as const
  for (const [key, form] of forms) {
    t.equal(open(form.toString(), 'pass'), key.export({ type: 'pkcs8', format: 'pem' }))
  }
  t.end()
})

test('why a key does not open is said', (t) => {
  const des = traditional.replace(/DEK-Info: .*/, 'DEK-Info: DES-CBC,0011223344556677')
  const unknown = pem(
    'ENCRYPTED PRIVATE KEY',
    sequence(sequence(oid('1.2.3'), sequence()), octets(Buffer.alloc(8))),
  )
  const cases: Array<[key: string, passphrase: string | undefined, sentence: RegExp]> = [
    [encrypted, undefined, /^the certificate key file \/client.key needs a passphrase, and none is set; /],
    [traditional, undefined, / needs a passphrase, /],
    [encrypted, 'wrong', /^the passphrase does not open the certificate key file/],
    [traditional, 'wrong', /^the passphrase does not open /],
    [encrypted, '', /^the passphrase does not open /],
    [unknown, 'pass', /^the passphrase does not open /],
    [des, 'pass', / is encrypted in a way that OpenSSL no longer supports; encrypt it again with AES-256$/],
    [pem('PRIVATE KEY', Buffer.from('no key')), undefined, / is damaged or of an unknown kind; /],
    [
      pem('OPENSSH PRIVATE KEY', Buffer.from('key')),
      undefined,
      / holds an OPENSSH PRIVATE KEY, which is not supported/,
    ],
  ]
  for (const [key, passphrase, message] of cases) {
    t.throws(() => open(key, passphrase), { code: 'certificate_unusable', message })
  }
  t.end()
})

test('a key that would take minutes to open is refused, whatever its scheme', (t) => {
  const parameters = sequence(octets(Buffer.alloc(8)), integer(20_000_000))
  const pbkdf2 = sequence(oid('1.2.840.113549.1.5.12'), parameters)
  const aes = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16)))
  const schemes = [
    sequence(oid('1.2.840.113549.1.5.13'), sequence(pbkdf2, aes)),
    sequence(oid('1.2.840.113549.1.12.1.3'), parameters),
  ]
  for (const scheme of schemes) {
    const key = pem('ENCRYPTED PRIVATE KEY', sequence(scheme, octets(Buffer.alloc(32))))
    t.throws(() => open(key, 'pass'), { message: /asks for 20000000 key-derivation iterations/ })
  }
  t.end()
})

function open(key: string, passphrase: string | undefined): string | undefined {
  return readPem(name, key).map((block) => openKey({ name, block, passphrase }))[0]
}

function pem(label: string, bytes: Buffer): string {
  return `-----BEGIN ${label}-----\n${bytes.toString('base64')}\n-----END ${label}-----\n`
}
