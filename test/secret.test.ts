import { inspect } from 'node:util'
import { test } from 'tap'
import { Secret } from '../src/secret.ts'

test('a secret prints as [secret] in every way that JavaScript prints', (t) => {
  const secret = new Secret('hunter2')
  const wrapped = { password: secret }
  const printed = [
    String(secret),
    JSON.stringify(wrapped),
    inspect(secret),
    inspect(wrapped, { showHidden: true, depth: 9 }),
    Object.entries(secret).join(),
  ]
  for (const text of printed) t.notMatch(text, 'hunter2')
  t.equal(JSON.stringify(wrapped), '{"password":"[secret]"}')
  t.end()
})

test('only reveal() gives the value', (t) => {
  t.equal(new Secret('hunter2').reveal(), 'hunter2')
  t.end()
})
