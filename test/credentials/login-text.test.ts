import { test } from 'tap'
import { checkedUsername, controlCharacterWarnings, loginText } from '../../src/credentials/login-text.ts'
import { Secret } from '../../src/secret.ts'

const kind = 'user name'

test('a file is preferred to a value', (t) => {
  const file = { name: 'user name file /u', bytes: Buffer.from('from file\n') }
  t.strictSame(loginText({ kind, value: new Secret('plain'), file }), { name: file.name, text: 'from file' })
  t.strictSame(loginText({ kind, value: new Secret('plain'), file: undefined }), {
    name: kind,
    text: 'plain',
  })
  t.end()
})

test('what is missing, empty or no UTF-8 is said without its value', (t) => {
  const file = (bytes: Buffer) => ({ kind, value: undefined, file: { name: 'user name file /u', bytes } })
  t.throws(() => loginText({ kind, value: undefined, file: undefined }), {
    message: /^the user name is not set; /,
  })
  t.throws(() => loginText({ kind, value: new Secret(''), file: undefined }), {
    message: /^the user name is empty; /,
  })
  t.throws(() => loginText(file(Buffer.from('\r\n'))), { message: /^the user name file \/u is empty; / })
  t.throws(() => loginText(file(Buffer.from([0x68, 0xff]))), {
    message: /^the user name file \/u is not in UTF-8; /,
  })
  t.end()
})

test('a user name with a colon cannot be sent', (t) => {
  t.strictSame(checkedUsername({ name: kind, text: 'some one' }), { name: kind, text: 'some one' })
  t.throws(() => checkedUsername({ name: kind, text: 'some:one' }), {
    code: 'certificate_unusable',
    message: /^the user name has a colon in it, /,
  })
  t.end()
})

test('control characters are worth a warning', (t) => {
  const texts = [
    { name: 'user name', text: 'fine' },
    { name: 'password', text: 'two\n' },
  ]
  t.strictSame(controlCharacterWarnings(texts), [
    'the password has a line break or another control character in it',
  ])
  t.end()
})
