import { test } from 'tap'
import { readBer } from '../../src/credentials/ber.ts'
import { passphraseFrom } from '../../src/credentials/key-derivation.ts'
import { decrypt } from '../../src/credentials/password-encryption.ts'
import { verifiedPassphrase } from '../../src/credentials/pfx-integrity.ts'
import { decryptRc2 } from '../../src/credentials/rc2.ts'
import { integer, nothing, octets, oid, sequence } from '../support/pki-der.ts'

const name = 'certificate file /client.pfx'
const salt = octetsOf('saltsalt')
const pbkdf2 = '1.2.840.113549.1.5.12'
const aes256 = sequence(oid('2.16.840.1.101.3.4.1.42'), octets(Buffer.alloc(16)))

test('an algorithm that is not supported is named', async (t) => {
  const cases: Array<[algorithm: Buffer, named: string]> = [
    [sequence(oid('1.2.840.113549.1.12.1.1'), sequence(salt, integer(1))), '1.2.840.113549.1.12.1.1'],
    [
      pbes2(sequence(oid('1.3.6.1.4.1.11591.4.11'), sequence(salt, integer(1))), aes256),
      '1.3.6.1.4.1.11591.4.11',
    ],
    [pbes2(kdf(1), sequence(oid('1.2.3.4'), octets(Buffer.alloc(16)))), '1.2.3.4'],
    [pbes2(kdf(1, sequence(oid('1.2.3.5'), nothing())), aes256), '1.2.3.5'],
  ]
  for (const [algorithm, named] of cases) {
    await t.rejects(open(algorithm), {
      code: 'certificate_unusable',
      message: new RegExp(
        `^the certificate file /client.pfx is protected with the algorithm ${named}, which`,
      ),
    })
  }
})

test('more iterations than a thread should be kept busy with are refused, and so are none', async (t) => {
  const schemes = (iterations: number): Buffer[] => [
    pbes2(kdf(iterations), aes256),
    sequence(oid('1.2.840.113549.1.12.1.3'), sequence(salt, integer(iterations))),
  ]
  for (const algorithm of schemes(10_000_001)) {
    await t.rejects(open(algorithm), {
      message: /asks for 10000001 key-derivation iterations, over the limit/,
    })
  }
  for (const algorithm of schemes(0)) await t.rejects(open(algorithm), { name: 'SyntaxError' })
})

test('a seal of an unknown kind, or with a key of no length, is refused', (t) => {
  t.throws(() => verify(oid('1.2.840.113549.2.5')), {
    message: /1\.2\.840\.113549\.2\.5, which is not supported/,
  })
  for (const bytes of [0, 65]) {
    const derivation = sequence(oid(pbkdf2), sequence(salt, integer(1), integer(bytes)))
    const pbmac1 = [oid('1.2.840.113549.1.5.14'), sequence(derivation, sequence(oid('1.2.840.113549.2.9')))]
    t.throws(() => verify(...pbmac1), { name: 'SyntaxError' })
  }
  t.end()
})

test('a seal without a count of iterations means one', (t) => {
  t.throws(() => verify(oid('1.3.14.3.2.26')), { message: /^the passphrase does not open/ })
  t.end()
})

test('RC2 that ends in the middle of a block is refused', async (t) => {
  const options = { key: Buffer.alloc(5), iv: Buffer.alloc(8), bytes: Buffer.alloc(3) }
  await t.rejects(decryptRc2(options), { name: 'SyntaxError' })
})

function octetsOf(text: string): Buffer {
  return octets(Buffer.from(text))
}

function kdf(iterations: number, ...hmac: readonly Buffer[]): Buffer {
  return sequence(oid(pbkdf2), sequence(salt, integer(iterations), ...hmac))
}

function pbes2(derivation: Buffer, encryption: Buffer): Buffer {
  return sequence(oid('1.2.840.113549.1.5.13'), sequence(derivation, encryption))
}

function open(algorithm: Buffer): Promise<Buffer> {
  const bytes = Buffer.alloc(16)
  return decrypt({ name, passphrase: passphraseFrom('pass'), algorithm: readBer(algorithm), bytes })
}

function verify(...algorithm: readonly Buffer[]): void {
  const value = octets(Buffer.alloc(20))
  const macData = readBer(sequence(sequence(sequence(...algorithm), value), salt))
  verifiedPassphrase({ name, macData, content: Buffer.from('content'), passphrase: 'pass' })
}
