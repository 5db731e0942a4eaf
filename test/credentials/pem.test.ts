import fc from 'fast-check'
import { test } from 'tap'
import { bytesOf, readPem, textOf } from '../../src/credentials/pem.ts'
import { createAuthority } from '../support/pki.ts'

const name = 'certificate file /client.pem'
const halfWritten = {
  code: 'certificate_unusable',
  message: /^the certificate file \/client.pem is half written/,
}
const client = await (await (await createAuthority()).intermediate()).client()

test('blocks are found among comments, with any line ends and any space around them', (t) => {
  const written = `Bag Attributes\n  localKeyID: 01\n${client.chainPem}# and the key\n\n${client.keyPem}`
  for (const text of [
    written,
    written.replaceAll('\n', '\r\n'),
    written.replaceAll('\n', '\n   '),
    written.trimEnd(),
  ]) {
    const blocks = readPem(name, text)
    t.strictSame(
      blocks.map(({ label }) => label),
      ['CERTIFICATE', 'CERTIFICATE', 'PRIVATE KEY'],
    )
    t.strictSame(blocks.map(bytesOf)[0], client.certificate.raw)
    t.equal(blocks.map(textOf)[2], client.keyPem)
  }
  t.end()
})

test('headers of a block are no part of its bytes', (t) => {
  const text = '-----BEGIN X-----\nProc-Type: 4,ENCRYPTED\n\nAAEC\n-----END X-----'
  t.strictSame(readPem(name, text).map(bytesOf), [Buffer.from([0, 1, 2])])
  t.end()
})

test('a block without its end, and an end without its block, are half a file', (t) => {
  const cases = [
    '-----BEGIN A-----\nAAAA\n',
    '-----BEGIN A-----\nAAAA\n-----BEGIN A-----\nAAAA\n-----END A-----\n',
    '-----BEGIN A-----\nAAAA\n-----END B-----\n',
    'AAAA\n-----END A-----\n',
    '-----BEGIN A-----\nAAAA\n-----END A-----\n-----BEG',
    '--',
  ]
  for (const text of cases) t.throws(() => readPem(name, text), halfWritten, text)
  t.end()
})

test('no prefix of a file has a block that the file has not, and every cut inside one is noticed', (t) => {
  const whole = client.chainPem + client.keyPem
  fc.assert(
    fc.property(fc.nat(whole.length), (length) => {
      const prefix = whole.slice(0, length)
      const complete = whole.split(/(?<=-----END [A-Z ]+-----\n)/).filter((block, index, all) => {
        return (
          all
            .slice(0, index + 1)
            .join('')
            .trimEnd().length <= length && block !== ''
        )
      })
      try {
        return readPem(name, prefix).map(textOf).join('') === complete.join('')
      } catch {
        return prefix.trimEnd() !== complete.join('').trimEnd()
      }
    }),
  )
  t.end()
})
