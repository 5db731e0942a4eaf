import fc from 'fast-check'
import { test } from 'tap'
import {
  type BerElement,
  integerOf,
  octetsOf,
  oidOf,
  partOf,
  partsOf,
  readBer,
} from '../../src/credentials/ber.ts'
import { der, indefinite, integer, octets, oid, sequence } from '../support/pki-der.ts'

test('elements of any length are read', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70_000 }), (content) => {
      return octetsOf(readBer(octets(content))).equals(content)
    }),
    { numRuns: 30 },
  )
  t.end()
})

test('numbers and object identifiers are read', (t) => {
  for (const value of [0, 1, 127, 128, 255, 256, 65_535, 600_000, 2 ** 40])
    t.equal(integerOf(readBer(integer(value))), value)
  for (const dotted of ['1.2.840.113549.1.12.10.1.3', '2.16.840.1.101.3.4.1.42', '0.9.2342', '2.999.3']) {
    const written = dotted === '2.999.3' ? Buffer.from('0603883703', 'hex') : oid(dotted)
    t.equal(oidOf(readBer(written)), dotted)
  }
  t.end()
})

test('indefinite lengths and OCTET STRINGs in pieces read as what they stand for', (t) => {
  const written = indefinite(sequence(octets(Buffer.from('in two pieces')), sequence(integer(7))))
  t.equal(octetsOf(partOf(readBer(written), 0)).toString(), 'in two pieces')
  t.equal(integerOf(partOf(readBer(written), 1, 0)), 7)
  t.end()
})

test('what is malformed throws a SyntaxError', (t) => {
  const nested = Buffer.concat([Buffer.from('3080'.repeat(64), 'hex'), Buffer.alloc(128)])
  const cases: Array<[what: string, read: () => unknown]> = [
    ['nothing', () => readBer(Buffer.alloc(0))],
    ['no length', () => readBer(Buffer.from('30', 'hex'))],
    ['half a length', () => readBer(Buffer.from('3082', 'hex'))],
    ['a length of eight bytes', () => readBer(Buffer.from('30880000000000000001', 'hex'))],
    ['half the content', () => readBer(Buffer.from('040401', 'hex'))],
    ['a tag of several bytes', () => readBer(Buffer.from('1f8101', 'hex'))],
    ['an end that is none', () => readBer(Buffer.from('30800001', 'hex'))],
    ['no end', () => readBer(Buffer.from('3080020101', 'hex'))],
    ['depth', () => readBer(nested)],
    ['no number', () => integerOf(readBer(octets(Buffer.from('1'))))],
    ['a number without digits', () => integerOf(readBer(der(0x02)))],
    ['a large number', () => integerOf(readBer(der(0x02, Buffer.alloc(7, 1))))],
    ['no object identifier', () => oidOf(readBer(integer(1)))],
    ['no such part', () => partOf(readBer(sequence()), 0)],
  ]
  for (const [what, read] of cases) t.throws(read, { name: 'SyntaxError' }, what)
  t.end()
})

test('any bytes are read or refused, never more', (t) => {
  const walk = (element: BerElement): void => {
    if ((element.tag & 0x20) !== 0) for (const part of partsOf(element)) walk(part)
    else octetsOf(element)
  }
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      try {
        walk(readBer(Buffer.from(bytes)))
        return true
      } catch (error) {
        return error instanceof SyntaxError
      }
    }),
  )
  t.end()
})
