import fc from 'fast-check'
import { test } from 'tap'
import { BankError } from '../../src/simulator/bank-error.ts'
import { ordersOf } from '../../src/simulator/pain001.ts'
import { descend, parseXml } from '../../src/simulator/xml.ts'

test('elements, attributes, text, entities and CDATA are read; comments and instructions passed over', (t) => {
  const root = parseXml(`<?xml version="1.0"?>
    <!-- a > comment --><p:a xmlns:p="urn:x" q='1 &lt; 2'>
      <b>x &amp; <![CDATA[<y>]]></b><c /><c z="&quot;"/></p:a>
  `)
  t.equal(root.name, 'a')
  t.equal(root.attributes.get('q'), '1 < 2')
  t.equal(descend(root, 'b')?.text, 'x & <y>')
  t.equal(root.children.length, 3)
  t.equal(root.children[2]?.attributes.get('z'), '"')
  t.equal(descend(root, 'b', 'none', 'deeper'), undefined)
  t.end()
})

test('what is not well-formed is refused, and so is a document type', (t) => {
  const table = [
    '',
    'text',
    '<a>',
    '</a>',
    '<a></b>',
    '<a></a></a>',
    '<a/><b/>',
    '<a/>text',
    '<a',
    '<>',
    '< a/>',
    '<a b/>',
    '<a b=c/>',
    '<a b="1"c="2"/>',
    '<a><!-- </a>',
    '<a><![CDATA[ </a>',
    '<?xml <a/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<a>'.repeat(70) + '</a>'.repeat(70),
  ]
  for (const text of table) t.throws(() => parseXml(text), /not well-formed XML/, text)
  t.end()
})

// Whatever looks back or ahead here takes hours.
test('nonsense is refused, however long', (t) => {
  const long = 2_000_000
  for (const piece of ['<', '<a ', 'a', ' ', '="', '<!--', '<a b', '</']) {
    t.throws(() => parseXml(`<a ${piece.repeat(long / piece.length)}`), /not well-formed XML/, piece)
    t.throws(() => parseXml(`<a ${piece.repeat(long / piece.length)}>`), /not well-formed XML/, piece)
  }
  t.end()
})

test('whatever comes is read or refused, never a crash', (t) => {
  const pieces = fc.constantFrom(
    '<a',
    '<b>',
    '</b>',
    '</a>',
    '>',
    '/>',
    ' x="1"',
    "'",
    '&lt;',
    'é',
    '<!--',
    '-->',
    ']]>',
  )
  const refusedOrRead = (text: string) => {
    try {
      parseXml(text)
    } catch (error) {
      if (!(error instanceof BankError)) throw error
    }
  }
  fc.assert(fc.property(fc.array(pieces, { maxLength: 30 }), (parts) => refusedOrRead(parts.join(''))))
  fc.assert(fc.property(fc.string(), refusedOrRead))
  t.end()
})

const initiation = (groups: string) => `<Document><CstmrCdtTrfInitn>${groups}</CstmrCdtTrfInitn></Document>`

test('each CdtTrfTxInf is a payment from its group’s account', (t) => {
  const orders = ordersOf(
    initiation(`
      <PmtInf><DbtrAcct><Id><IBAN>DK5000400440116243</IBAN></Id></DbtrAcct>
        <CdtTrfTxInf><PmtId><EndToEndId>ref-1</EndToEndId></PmtId><Amt><InstdAmt Ccy="EUR">13.00</InstdAmt></Amt>
          <Cdtr><Nm>A &amp; B</Nm></Cdtr><CdtrAcct><Id><Othr><Id>123</Id></Othr></Id></CdtrAcct></CdtTrfTxInf>
      </PmtInf>
      <PmtInf><CdtTrfTxInf><Amt><InstdAmt Ccy="DKK">5</InstdAmt></Amt></CdtTrfTxInf></PmtInf>`),
  )
  t.match(orders, [
    {
      debtorAccount: { account: 'DK5000400440116243' },
      creditorAccount: { account: '123' },
      creditorName: 'A & B',
      debtorReference: 'ref-1',
      amount: { currency: 'EUR', amount: 13 },
    },
    { amount: { currency: 'DKK', amount: 5 } },
  ])
  t.end()
})

test('a document without payments, or with an amount that is none, is refused with its reason', (t) => {
  const transfer = (amount: string) => initiation(`<PmtInf><CdtTrfTxInf>${amount}</CdtTrfTxInf></PmtInf>`)
  const table: [string, RegExp][] = [
    ['<Document/>', /no pain\.001/],
    [initiation('<PmtInf/>'), /no pain\.001/],
    [transfer(''), /amount\.currency: .*; amount\.amount: /],
    [transfer('<Amt><InstdAmt Ccy="EUR">ten</InstdAmt></Amt>'), /^amount\.amount: /],
    [transfer('<Amt><InstdAmt Ccy="EUR">1e3</InstdAmt></Amt>'), /^amount\.amount: /],
    [transfer('<Amt><InstdAmt Ccy="EUR">0</InstdAmt></Amt>'), /^amount\.amount: must be more than 0/],
  ]
  for (const [document, message] of table)
    t.throws(() => ordersOf(document), { status: 400, message }, document)
  t.end()
})
