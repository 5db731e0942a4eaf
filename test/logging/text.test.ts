import { test } from 'tap'
import { cleanText } from '../../src/logging/text.ts'

const table: readonly [text: string, clean: string][] = [
  ['connect ECONNREFUSED 127.0.0.1:443', 'connect ECONNREFUSED 127.0.0.1:443'],
  ['sent Bearer abc.DEF-1_2 there', 'sent Bearer [secret] there'],
  ['Basic dXNlcjpwYXNz', 'Basic [secret]'],
  ['basic authentication was refused', 'basic authentication was refused'],
  ['"eyJhbGciOiJub25lIn0.eyJleHAiOjF9.c2ln"', '"[secret]"'],
  ['proxy http://user:pass@proxy:3128 said 407', 'proxy http://[secret]@proxy:3128 said 407'],
  ['GET https://bank/a?iban=DK50#x failed', 'GET https://bank/a failed'],
  ['"https://bank/a?b" is bad', '"https://bank/a" is bad'],
  ['-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----.', '[secret].'],
  ['cut -----BEGIN PRIVATE KEY-----\nMII', 'cut [secret]'],
]

test('credentials, keys and queries are taken out of texts that others wrote', (t) => {
  for (const [text, clean] of table) t.equal(cleanText(text), clean, text)
  t.end()
})

test('a text has an end', (t) => {
  t.equal(cleanText('x'.repeat(100_000)).length, 8193)
  t.end()
})
