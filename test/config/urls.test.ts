import { test } from 'tap'
import { tokenCache } from '../../src/config/url-kinds.ts'
import { errorOf, faultsOf, load, loadEnvironment } from './harness.ts'

test('URLs of the bank are https origins', async (t) => {
  const table: ReadonlyArray<readonly [text: string, origin: string]> = [
    ['https://a.example', 'https://a.example'],
    ['https://a.example/', 'https://a.example'],
    ['HTTPS://A.Example:443', 'https://a.example'],
    ['https://localhost:9443', 'https://localhost:9443'],
    ['https://[::1]:9443/', 'https://[::1]:9443'],
  ]
  for (const [text, origin] of table) {
    const environment = await loadEnvironment({ BC_BASE_URL: text, BC_AUTHORIZATION_URL: text })
    t.match(environment, { baseUrl: origin, authorizationUrl: origin })
  }
})

test('other URLs are refused, with the reason and without the URL', async (t) => {
  const table: ReadonlyArray<readonly [text: string, problem: RegExp]> = [
    ['http://a.example', /is an http URL/],
    ['HTTP://hunter2@a.example', /is an http URL/],
    ['ftp://a.example', /has the wrong scheme/],
    ['a.example', /not a URL/],
    ['localhost:9443', /not a URL/],
    ['https:a.example', /not a URL/],
    ['https:/a.example', /not a URL/],
    ['https:///a.example', /not a URL/],
    ['https://', /not a URL/],
    ['https://?', /not a URL/],
    ['//a.example', /not a URL/],
    ['https://a.example/api', /has a path/],
    ['https://a.example//', /has a path/],
    ['https://a.example/..', /has a path/],
    ['https://a.example?', /has a query/],
    ['https://a.example/?secret=hunter2', /has a query/],
    ['https://a.example#', /has a fragment/],
    ['https://zoe:hunter2@a.example', /has a user name or password/],
    ['https://@a.example', /has a user name or password/],
    ['https://a.example ', /white space/],
    ['https://a.example\n', /white space/],
    ['https://a.ex\tample', /white space/],
    ['https://a.example\\', /backslash/],
    ['https://a.example:99999', /malformed URL/],
    ['https://a.example:0', /has the port 0/],
    ['https://a.example.', /ends with a dot/],
    ['https://[::1', /malformed URL/],
    ['https://1.2.3.4.5', /malformed URL/],
  ]
  for (const [text, problem] of table) {
    const { faults, message } = await errorOf(load({ BC_BASE_URL: text }))
    t.match(faults, [{ key: 'BC_BASE_URL', problem, remedy: /https:\/\/api\.example\.com/ }], text)
    t.notMatch(message, 'hunter2')
  }
})

test('the token cache is memory or Redis', async (t) => {
  t.strictSame((await load({ BC_TOKEN_CACHE: 'memory' })).tokenCache, { kind: 'memory' })
  for (const url of ['redis://redis', 'redis://redis:6379/', 'rediss://zoe:p%40ss@[::1]:6380/15']) {
    const cache = tokenCache.schema.parse(url)
    t.equal(cache.kind === 'redis' && cache.url.reveal(), url)
  }
  const faulty = {
    redis: /not a URL/,
    Memory: /not a URL/,
    'http://hunter2@redis': /wrong scheme/,
    'redis://:hunter2@': /malformed URL|has no host/,
    'redis://:hunter2@redis/a': /has a path/,
    'redis://:hunter2@redis/0?x=y': /has a query/,
    'redis://:hunter2@redis#0': /has a fragment/,
    'redis://:hunter2%zz@redis': /malformed % escape/,
    'redis://zoe%zz:hunter2@redis': /malformed % escape/,
    'redis://:hunter 2@redis': /white space/,
  }
  for (const [url, problem] of Object.entries(faulty)) {
    const { faults, message } = await errorOf(load({ BC_TOKEN_CACHE: url }))
    t.match(faults, [{ key: 'BC_TOKEN_CACHE', problem }], url)
    t.notMatch(message, /hunter/)
  }
})

test('the outbound proxy is an http or https URL', async (t) => {
  for (const url of ['http://proxy:3128', 'http://proxy:3128/', 'https://zoe:p%40ss@proxy']) {
    const { outboundProxy } = await load({ HTTPS_PROXY: url })
    t.equal(outboundProxy?.url.reveal(), url)
    t.equal(outboundProxy?.noProxy, '')
  }
  const faulty = {
    'proxy:3128': /not a URL/,
    'zoe:hunter2@proxy:3128': /not a URL/,
    'socks5://zoe:hunter2@proxy': /wrong scheme/,
    'http://zoe:hunter2@proxy/x': /has a path/,
    'http://zoe:hunter2%@proxy': /malformed % escape/,
    'http://zoe:hunter2?@proxy': /has a query/,
  }
  for (const [url, problem] of Object.entries(faulty)) {
    const { faults, message } = await errorOf(load({ https_proxy: url }))
    t.match(faults, [{ key: 'https_proxy', problem, remedy: /http:\/\/proxy\.example\.com:3128/ }], url)
    t.notMatch(message, 'hunter2')
  }
  t.equal((await load({ NO_PROXY: '*' })).outboundProxy, undefined)
  t.match((await load({ HTTPS_PROXY: 'http://proxy', NO_PROXY: '.a.example b' })).outboundProxy, {
    noProxy: '.a.example b',
  })
})

test('an environment that the bank does not have needs both URLs', async (t) => {
  t.match(await faultsOf({ BC_ENVIRONMENT: 'prod', BC_BASE_URL: 'https://a.example' }), [
    {
      key: 'BC_AUTHORIZATION_URL',
      problem: /no URL of the bank is known/,
      remedy: /, or the environment production$/,
    },
  ])
  t.match(await faultsOf({ BC_ENVIRONMENT: 'simulator' }), [
    { key: 'BC_BASE_URL', remedy: 'its https origin' },
    { key: 'BC_AUTHORIZATION_URL' },
  ])
  t.match(
    await faultsOf({ BC_ENVIRONMENT: 'simulator', BC_BASE_URL: 'x', BC_AUTHORIZATION_URL: 'https://b' }),
    [{ key: 'BC_BASE_URL', problem: /not a URL/ }],
  )
})

test('the bank’s environments are not mixed', async (t) => {
  const sandbox = 'https://sandbox.bankingcircleconnect.com'
  const production = 'https://authorization.bankingcircleconnect.com'
  const table: ReadonlyArray<readonly [name: string, base: string, authorization: string, blamed: string]> = [
    ['production', sandbox, '', 'BC_BASE_URL'],
    ['sandbox', '', production, 'BC_AUTHORIZATION_URL'],
    ['own', sandbox, production, 'BC_AUTHORIZATION_URL'],
    ['sandbox', 'https://a.example', production, 'BC_AUTHORIZATION_URL'],
  ]
  for (const [name, base, authorization, key] of table) {
    const variables = { BC_ENVIRONMENT: name, BC_BASE_URL: base, BC_AUTHORIZATION_URL: authorization }
    t.match(await faultsOf(variables), [{ key, problem: /are mixed/ }], `${name} ${base} ${authorization}`)
  }
  await t.resolves(
    load({ BC_ENVIRONMENT: 'own', BC_BASE_URL: sandbox, BC_AUTHORIZATION_URL: 'https://a.example' }),
  )
})
