import { test } from 'tap'
import { createSieve, dropNamed } from '../../src/proxy/header-names.ts'

test('the sieve catches every name and every prefix that it was made for, in any case', (t) => {
  const mayBe = createSieve(['te', 'content-length', `x-${'y'.repeat(200)}`], ['bc-sidecar-'])
  const caught = ['te', 'TE', 'Content-Length', `X-${'Y'.repeat(200)}`, 'bc-sidecar-', 'BC-SIDECAR-X']
  for (const name of [...caught, `bc-sidecar-${'x'.repeat(300)}`]) t.ok(mayBe(name), name)
  t.end()
})

test('the sieve lets go of names of another length or first letter', (t) => {
  const mayBe = createSieve(['te', 'content-length'], ['bc-sidecar-'])
  for (const name of ['', 'a', 'te2', 'content-type', 'user-agent', 'bc-sidecar']) t.notOk(mayBe(name), name)
  t.end()
})

test('only whole names are dropped', (t) => {
  const headers = ['ab', '1', 'a', '2', 'B', '3', 'close', '4', 'keep-alive', '5']
  dropNamed(headers, 'keep-alive')
  t.equal(headers.length, 10, 'a usual Connection names no header')
  dropNamed(headers, 'A,\tb , ')
  t.same(headers, ['ab', '1', 'close', '4', 'keep-alive', '5'])
  t.end()
})
