import { test } from 'tap'
import { startOutboundProxy } from '../support/outbound-proxy.ts'
import { bareServer } from './check-bare-server.ts'
import { findings, setUp } from './check-rig.ts'

const noCalls = ['token skipped', 'clock skipped', 'api call skipped']

test('a name that does not exist is named with its variable', async (t) => {
  const { env } = await setUp(t)
  const { trail, of, status } = await findings(t, { ...env, BC_BASE_URL: 'https://bank.invalid' })
  t.equal(status, 1)
  t.match(of('name resolution'), { found: /^bank\.invalid: the name/, cause: /^BC_BASE_URL is mistyped/ })
  t.strictSame(trail.slice(7, 10), ['name resolution failed', 'tcp skipped', 'tls skipped'])
  t.match(trail.slice(10), ['token ok', 'clock ok', 'api call skipped'])
})

test('a port that nobody listens on is named, and the list of addresses', async (t) => {
  const { env, bank } = await setUp(t)
  await bank.authorization.close()
  const { trail, results } = await findings(t, {
    ...env,
    BC_AUTHORIZATION_URL: `https://127.0.0.1:${bank.authorization.port}`,
  })
  t.strictSame(trail.slice(4, 7), ['name resolution skipped', 'tcp failed', 'tls skipped'])
  t.match(results[5], { found: /the connection was refused/, cause: /a firewall.*not on the bank's list/ })
  t.strictSame(trail.slice(-3), noCalls)
})

test('an outbound proxy that demands credentials is blamed, and its password not shown', async (t) => {
  const { env } = await setUp(t)
  const proxy = await startOutboundProxy(t, { credentials: 'someone:right' })
  const HTTPS_PROXY = proxy.url.replace('//', '//someone:proxy-secret@')
  const { trail, of } = await findings(t, { ...env, HTTPS_PROXY })
  t.strictSame(trail.slice(4, 7), ['name resolution skipped', 'outbound proxy failed', 'tls skipped'])
  t.match(of('outbound proxy'), { found: /it demands credentials \(407\)/, cause: /^HTTPS_PROXY is wrong/ })
})

test('an outbound proxy that answers nothing is given up', async (t) => {
  const { env } = await setUp(t)
  const port = await bareServer(t, () => undefined)
  const proxied = { HTTPS_PROXY: `http://127.0.0.1:${port}`, BC_CONNECT_TIMEOUT_MS: '80' }
  const { of } = await findings(t, { ...env, ...proxied })
  t.match(of('outbound proxy').found, 'localhost: no connection within 80 ms')
})

test('everything goes through the outbound proxy, but for exempt hosts', async (t) => {
  const { env } = await setUp(t)
  const proxy = await startOutboundProxy(t)
  const { status, of } = await findings(t, { ...env, HTTPS_PROXY: proxy.url })
  t.equal(status, 0)
  t.match(of('outbound proxy').found, `through the outbound proxy 127.0.0.1:${proxy.port}`)
  t.match(of('name resolution').found, 'localhost is resolved by the outbound proxy')
  const seen = proxy.seen.length
  t.equal(
    (await findings(t, { ...env, HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost' })).of('tcp').outcome,
    'ok',
  )
  t.equal(proxy.seen.length, seen)
})
