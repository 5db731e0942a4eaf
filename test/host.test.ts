import fc from 'fast-check'
import { test } from 'tap'
import { createHostCheck, type HostVerdict } from '../src/host.ts'

const allowed = [
  { name: 'Sidecar.Internal.' },
  { name: 'bank-sidecar', port: 8080 },
  { name: '[2001:DB8:0::1]' },
  { name: '10.9.8.7' },
]

const table: readonly [host: string, verdict: HostVerdict, why: string][] = [
  ['localhost', 'ok', 'a loopback name'],
  ['localhost:8080', 'ok', 'any port'],
  ['LOCALHOST:1', 'ok', 'case does not matter'],
  ['localhost.:8080', 'ok', 'a trailing dot names the same host'],
  ['localhost:', 'ok', 'RFC 3986 lets the port be empty'],
  ['app.localhost', 'ok', 'RFC 6761: below localhost'],
  ['127.0.0.1:8080', 'ok', 'a loopback address'],
  ['127.255.3.4', 'ok', 'the whole of 127.0.0.0/8'],
  ['[::1]:8080', 'ok', 'the IPv6 loopback'],
  ['[0:0:0:0:0:0:0:1]', 'ok', 'written at length'],
  ['[::ffff:127.0.0.1]:80', 'ok', 'IPv4 within IPv6'],
  ['sidecar.internal:1234', 'ok', 'allowed on any port'],
  ['bank-sidecar:8080', 'ok', 'allowed on this port'],
  ['bank-sidecar:8081', 'not_allowed', 'another port'],
  ['bank-sidecar', 'not_allowed', 'no port'],
  ['[2001:db8::1]:9', 'ok', 'an allowed IPv6 address'],
  ['10.9.8.7:9', 'ok', 'an allowed IPv4 address'],
  ['192.0.2.7:9901', 'ok', 'the address the connection came in on'],
  ['192.0.2.7', 'ok', 'that address, with no port'],
  ['192.0.2.7:80', 'not_allowed', 'that address, another port'],
  ['192.0.2.8:9901', 'not_allowed', 'another address'],
  ['0.0.0.0:9901', 'not_allowed', 'the unspecified address'],
  ['evil.example', 'not_allowed', 'a name of someone else'],
  ['localhost.evil.example', 'not_allowed', 'only looks like it'],
  ['127.0.0.1.evil.example', 'not_allowed', 'only looks like it'],
  ['127.1', 'not_allowed', 'no dotted quad'],
  ['notlocalhost', 'not_allowed', 'only ends like it'],
  ['2130706433', 'not_allowed', 'an address as a number'],
  ['user@localhost', 'not_allowed', 'a user'],
  ['localhost:80a', 'not_allowed', 'no number'],
  ['localhost:65536', 'not_allowed', 'no port'],
  ['localhost:808080', 'not_allowed', 'too many digits'],
  ['localhost:80:80', 'not_allowed', 'two ports'],
  ['localhost/..', 'not_allowed', 'a path'],
  ['localhost, evil.example', 'not_allowed', 'two hosts in one'],
  [' localhost', 'not_allowed', 'a space'],
  ['.localhost', 'not_allowed', 'an empty label'],
  ['localhost..', 'not_allowed', 'two trailing dots'],
  ['[::1', 'not_allowed', 'an open bracket'],
  ['[::1::]', 'not_allowed', 'no address'],
  ['[fe80::1%25eth0]', 'not_allowed', 'a zone'],
  ['[]', 'not_allowed', 'nothing in the brackets'],
  [`${'a'.repeat(300)}.localhost`, 'not_allowed', 'longer than any name'],
]

test('each Host is decided by name, address and port', (t) => {
  const check = createHostCheck(allowed)
  for (const [host, verdict, why] of table) {
    t.equal(check([host], { localAddress: '192.0.2.7', localPort: 9901 }), verdict, `${host}: ${why}`)
    t.equal(
      check([host], { localAddress: '192.0.2.7', localPort: 9901 }),
      verdict,
      `${host}: the same when asked again`,
    )
  }
  t.end()
})

test('a missing, empty or repeated Host is told apart', (t) => {
  const check = createHostCheck([])
  t.equal(check([], { localAddress: '127.0.0.1', localPort: 80 }), 'missing')
  t.equal(check([''], { localAddress: '127.0.0.1', localPort: 80 }), 'missing')
  t.equal(check(['localhost', 'localhost'], { localAddress: '127.0.0.1', localPort: 80 }), 'repeated')
  t.end()
})

test('the own address is good on its own connections only', (t) => {
  const check = createHostCheck([])
  t.equal(
    check(['10.0.0.5:8080'], { localAddress: '::ffff:10.0.0.5', localPort: 8080 }),
    'ok',
    'a dual-stack socket',
  )
  t.equal(
    check(['10.0.0.5:8080'], { localAddress: '10.0.0.6', localPort: 8080 }),
    'not_allowed',
    'nothing is remembered of it',
  )
  t.equal(
    check(['[fe80::1]:8080'], { localAddress: 'fe80::1%eth0', localPort: 8080 }),
    'ok',
    'the zone is the machine’s alone',
  )
  t.equal(check(['10.0.0.5:8080'], {}), 'not_allowed', 'a unix socket has none')
  t.equal(check(['localhost'], {}), 'ok', 'a unix socket, by a loopback name')
  t.end()
})

test('no text that a URL parser reads as another host is ever allowed', (t) => {
  const check = createHostCheck([{ name: 'sidecar' }])
  const part = fc.constantFrom(
    'localhost',
    'sidecar',
    '127.0.0.1',
    '[::1]',
    '.',
    ':',
    '@',
    '#',
    '/',
    '\\',
    '?',
  )
  const hosts = fc.array(fc.oneof(part, fc.string({ maxLength: 3 })), { maxLength: 5 })
  fc.assert(
    fc.property(hosts, (parts) => {
      const host = parts.join('')
      if (check([host], { localAddress: '192.0.2.7', localPort: 80 }) !== 'ok') return true
      const { hostname, username, pathname, search, hash } = new URL(`http://${host}`)
      const bare = username + pathname + search + hash === '/'
      return bare && /^(?:(?:[a-z0-9_-]+\.)*localhost\.?|sidecar\.?|127\.[\d.]+|\[::1\])$/.test(hostname)
    }),
    { numRuns: 2000 },
  )
  t.end()
})
