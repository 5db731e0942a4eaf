import { inspect } from 'node:util'
import { test } from 'tap'
import { parseProxy } from '../../src/bank/tunnel.ts'
import { Secret } from '../../src/secret.ts'

test('an outbound proxy that is no http:// or https:// URL is refused without being shown', (t) => {
  for (const url of ['proxy-hush:3128', 'socks5://hush@proxy', 'http://hush:hush@[', '']) {
    const error = t.throws(() => parseProxy(new Secret(url)), {
      name: 'TypeError',
      message: /^HTTPS_PROXY must be/,
    })
    t.notMatch(inspect(error), 'hush')
  }
  t.end()
})

const addresses: [url: string, address: object, credentials: string | undefined][] = [
  ['http://proxy.test', { secure: false, host: 'proxy.test', port: 80 }, undefined],
  ['http://proxy.test:3128/ignored', { secure: false, host: 'proxy.test', port: 3128 }, undefined],
  ['https://proxy.test', { secure: true, host: 'proxy.test', port: 443 }, undefined],
  ['HTTP://user@[::1]:8080', { secure: false, host: '::1', port: 8080 }, 'user:'],
  ['http://us%C3%A9r:a%3Ab@proxy.test', { host: 'proxy.test' }, 'usér:a:b'],
  ['http://user:100%@proxy.test', { host: 'proxy.test' }, 'user:100%'],
]

for (const [url, address, credentials] of addresses) {
  test(`the outbound proxy ${url} is read as meant`, (t) => {
    const { authorization, ...rest } = parseProxy(new Secret(url))
    t.match(rest, address)
    t.equal(authorization?.reveal(), credentials && `Basic ${Buffer.from(credentials).toString('base64')}`)
    t.end()
  })
}
