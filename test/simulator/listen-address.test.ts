import { test } from 'tap'
import {
  originOf,
  requireLoopback,
  requireServerName,
  serverNames,
} from '../../src/simulator/listen-address.ts'

test('loopback is 127.0.0.0/8, ::1 and localhost; the refusal says what would be right', (t) => {
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost', '::ffff:127.0.0.1']) {
    t.doesNotThrow(() => requireLoopback(host), host)
  }
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'fe80::1', 'bank.example', '']) {
    t.throws(() => requireLoopback(host), /is not a loopback address: .* --allow-remote/, host)
  }
  t.end()
})

test('a listener’s origin is one by which it can be reached', (t) => {
  t.equal(originOf({ host: '127.0.0.1', port: 1 }, ['bank']), 'https://127.0.0.1:1')
  t.equal(originOf({ host: '::1', port: 1 }, []), 'https://[::1]:1')
  t.equal(originOf({ host: '0.0.0.0', port: 1 }, ['bank']), 'https://bank:1')
  t.equal(originOf({ host: '::', port: 1 }, []), 'https://localhost:1')
  t.end()
})

test('the server certificate is for loopback, the addresses listened on, and the names given', (t) => {
  t.strictSame(serverNames(['0.0.0.0', '10.0.0.1', '127.0.0.1', '::'], ['bank', 'localhost']), [
    'localhost',
    '127.0.0.1',
    '::1',
    '10.0.0.1',
    'bank',
  ])
  t.end()
})

test('a server certificate takes host names and addresses, nothing else', (t) => {
  const good = [
    'bank',
    'bank.example',
    'XN--BNK-QLA.example',
    '_a-1.b',
    '10.0.0.1',
    '::1',
    `${'a'.repeat(63)}.b`,
  ]
  for (const name of good) t.doesNotThrow(() => requireServerName(name), name)
  const bad = ['', 'bänk', 'a..b', '-a', 'a-', 'a b', '*.example', 'a/b', 'a\nb', 'a.', 'a'.repeat(254)]
  for (const name of bad) t.throws(() => requireServerName(name), /neither a host name in ASCII/, name)
  t.end()
})
