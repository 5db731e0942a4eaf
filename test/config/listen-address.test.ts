import { test } from 'tap'
import { areSame, type ListenAddress, listenAddress, remoteHost } from '../../src/config/listen-address.ts'
import { faultsOf, load, loadEnvironment } from './harness.ts'

function tcp(host: string, port: number): ListenAddress {
  return { kind: 'tcp', host, port }
}

function parse(text: string): ListenAddress {
  return listenAddress.schema.parse(text)
}

test('listen addresses are host and port, or the path of a unix socket', (t) => {
  const longest = `/${'x'.repeat(106)}`
  const table: ReadonlyArray<readonly [text: string, address: ListenAddress]> = [
    ['127.0.0.1:8080', tcp('127.0.0.1', 8080)],
    ['localhost:0', tcp('localhost', 0)],
    ['[::1]:65535', tcp('::1', 65_535)],
    ['[fe80::1%eth0]:1', tcp('fe80::1%eth0', 1)],
    ['my_host-2.example:08080', tcp('my_host-2.example', 8080)],
    ['unix:/run/bc.sock', { kind: 'unix', path: '/run/bc.sock' }],
    [`unix:${longest}`, { kind: 'unix', path: longest }],
  ]
  for (const [text, address] of table) t.strictSame(parse(text), address)
  t.end()
})

test('what is no listen address is told apart', async (t) => {
  const table: ReadonlyArray<readonly [text: string, problem: RegExp]> = [
    ['8080', /malformed host/],
    [':8080', /has no host/],
    ['localhost', /has no port/],
    ['[::1]', /has no port/],
    ['::1:8080', /IPv6 address without brackets/],
    ['::', /IPv6 address without brackets/],
    ['[127.0.0.1]:80', /no IPv6 address in its brackets/],
    ['[]:80', /no IPv6 address in its brackets/],
    ['localhost:65536', /port above 65535/],
    [`localhost:${'9'.repeat(400)}`, /port above 65535/],
    ['localhost:http', /not a host with a port/],
    ['localhost:-1', /not a host with a port/],
    ['http://localhost:80', /not a host with a port/],
    ['localhost:80/', /not a host with a port/],
    ['*:80', /malformed host/],
    ['127.1:80', /malformed host/],
    ['1.2.3.4.5:80', /malformed host/],
    ['a.0x7f:80', /malformed host/],
    ['-a:80', /malformed host/],
    ['a..b:80', /malformed host/],
    [' localhost:80', /malformed host/],
    [`${'a'.repeat(254)}:80`, /malformed host/],
    ['unix:', /has no path/],
    [`unix:/${'ä'.repeat(54)}`, /too long: its path has 109 bytes/],
  ]
  for (const [text, problem] of table) {
    t.match(
      await faultsOf({ BC_LISTEN: text }),
      [{ key: 'BC_LISTEN', problem, remedy: /127\.0\.0\.1:8080/ }],
      text,
    )
  }
  t.match(listenAddress.schema.safeParse('unix:/a\0b').error?.issues, [{ message: 'has a NUL in it' }])
})

test('a relative socket path is relative to where it is written', async (t) => {
  t.strictSame((await loadEnvironment({ BC_LISTEN: 'unix:run/bc.sock' })).listen, {
    kind: 'unix',
    path: '/srv/run/bc.sock',
  })
})

test('loopback is 127.0.0.0/8, ::1 and localhost, and nothing else', (t) => {
  for (const host of [
    '127.0.0.1',
    '127.255.0.9',
    'localhost',
    'LocalHost',
    '[::1]',
    '[0:0::1]',
    '[::ffff:127.0.0.1]',
  ]) {
    t.equal(remoteHost(parse(`${host}:1`)), undefined, host)
  }
  for (const host of ['0.0.0.0', '10.0.0.1', '128.0.0.1', 'sidecar', 'localhost.example', 'a.localhost']) {
    t.equal(remoteHost(parse(`${host}:1`)), host)
  }
  for (const host of ['::', 'fe80::1%lo', '::ffff:10.0.0.1']) t.equal(remoteHost(parse(`[${host}]:1`)), host)
  t.equal(remoteHost(parse('unix:/a')), undefined)
  t.end()
})

test('each listener has to be opened to other machines by itself', async (t) => {
  t.match(await faultsOf({ BC_LISTEN: '0.0.0.0:8080', BC_ADMIN_ALLOW_REMOTE: 'true' }), [
    { key: 'BC_LISTEN', problem: /"0\.0\.0\.0"/, remedy: /BC_ALLOW_REMOTE to true/ },
  ])
  t.match(await faultsOf({ BC_ADMIN_LISTEN: '[::]:9901', BC_ALLOW_REMOTE: 'true' }), [
    { key: 'BC_ADMIN_LISTEN', problem: /"::"/, remedy: /BC_ADMIN_ALLOW_REMOTE to true/ },
  ])
  t.match(await faultsOf({ BC_LISTEN: '0.0.0.0:8080', BC_ALLOW_REMOTE: 'yes' }), [{ key: 'BC_ALLOW_REMOTE' }])
  await t.resolves(load({ BC_LISTEN: 'sidecar:8080', BC_ALLOW_REMOTE: 'true' }))
  await t.resolves(load({ BC_ADMIN_LISTEN: '0.0.0.0:9901', BC_ADMIN_ALLOW_REMOTE: 'true' }))
})

test('two listeners on one address are a fault, however it is written', async (t) => {
  const same: ReadonlyArray<readonly [string, string]> = [
    ['127.0.0.1:80', '127.0.0.1:80'],
    ['127.0.0.1:80', 'localhost:80'],
    ['[::1]:80', 'LOCALHOST:80'],
    ['[::1]:80', '[0:0:0:0:0:0:0:1]:80'],
    ['0.0.0.0:80', '127.0.0.1:80'],
    ['[::]:80', '127.0.0.1:80'],
    ['[fe80::1%eth0]:80', '[FE80::1%eth0]:80'],
    ['unix:/a', 'unix:/a'],
  ]
  for (const [one, other] of same) {
    t.ok(areSame(parse(one), parse(other)), `${one} ${other}`)
    t.ok(areSame(parse(other), parse(one)), `${other} ${one}`)
  }
  const different: ReadonlyArray<readonly [string, string]> = [
    ['127.0.0.1:80', '127.0.0.1:81'],
    ['127.0.0.1:0', '127.0.0.1:0'],
    ['127.0.0.1:80', '127.0.0.2:80'],
    ['0.0.0.0:80', '[::1]:80'],
    ['127.0.0.1:80', 'unix:/a'],
    ['unix:/a', '127.0.0.1:80'],
    ['unix:/a', 'unix:/b'],
  ]
  for (const [one, other] of different) t.notOk(areSame(parse(one), parse(other)), `${one} ${other}`)
  t.match(await faultsOf({ BC_LISTEN: 'localhost:9901' }), [
    { key: 'BC_ADMIN_LISTEN', problem: 'it is the address of BC_LISTEN' },
  ])
})
