import fc from 'fast-check'

/**
 * Text of any code points. fast-check's own `unit: 'binary'` makes a table of all 1.1 million of them first, which
 * takes longer than the tests that use it.
 */
export function anyText(options: { readonly maxLength?: number } = {}): fc.Arbitrary<string> {
  const point = fc.integer({ min: 0, max: 0x10_ff_ff }).filter((code) => code < 0xd8_00 || code > 0xdf_ff)
  const unit = fc.oneof(fc.integer({ min: 0, max: 0xff }), point).map((code) => String.fromCodePoint(code))
  return fc.array(unit, options).map((units) => units.join(''))
}
