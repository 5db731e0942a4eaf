import { join } from 'node:path'
import { type Test, test } from 'tap'
import { readAppSecret } from '../../src/credentials/app-secret.ts'

test('the bytes of a secret are those that a header carries', async (t) => {
  t.strictSame(await read(t, 'two words\n'), Buffer.from('two words'))
  t.strictSame(await read(t, 'öffne\r\n'), Buffer.from('öffne'))
})

test('what no header can carry is refused', async (t) => {
  for (const content of ['two\nlines', 'two\n\n', ' first', 'last\t', '\u0000', '\u007f']) {
    await t.rejects(read(t, content), {
      message: /^the app secret file \S+ has spaces at an end, or line breaks/,
    })
  }
  await t.rejects(read(t, '\n'), { message: / is empty; write the secret into it$/ })
  await t.rejects(read(t, Buffer.from([0xff])), { message: / is not in UTF-8; / })
})

function read(t: Test, content: string | Buffer): Promise<Buffer> {
  return readAppSecret(join(t.testdir({ secret: content }), 'secret'))
}
