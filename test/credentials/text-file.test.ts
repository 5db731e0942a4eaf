import { test } from 'tap'
import { textFrom } from '../../src/credentials/text-file.ts'

test('one trailing line break is dropped, nothing else', (t) => {
  const cases: Array<[content: string, text: string]> = [
    ['word', 'word'],
    ['word\n', 'word'],
    ['word\r\n', 'word'],
    ['word\n\n', 'word\n'],
    [' wörd \t\n', ' wörd \t'],
    ['\uFEFFword', '\uFEFFword'],
    ['\n', ''],
    ['', ''],
  ]
  for (const [content, text] of cases) t.equal(textFrom('file', Buffer.from(content)), text)
  t.end()
})

test('what is not UTF-8 is refused', (t) => {
  t.throws(() => textFrom('password file /p', Buffer.from('wörd', 'latin1')), {
    code: 'certificate_unusable',
    message: /^the password file \/p is not in UTF-8; save it as UTF-8$/,
  })
  t.end()
})
