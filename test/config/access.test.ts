import fc from 'fast-check'
import { test } from 'tap'
import { accessRule } from '../../src/config/access-rule.ts'
import { createAccessRules } from '../../src/proxy/access-rules.ts'
import { checkPath } from '../../src/proxy/request-path.ts'
import { faultsOf, loadEnvironment } from './harness.ts'

test('rules stand between commas, and lose superfluous white space', async (t) => {
  const text = ' GET /api/v1/accounts , *\t/api/v1/payments/**,\nPOST   /a/*/b/,, GET / , GET /caf%C3%A9,'
  t.strictSame((await loadEnvironment({ BC_ALLOW: text })).allow, [
    'GET /api/v1/accounts',
    '* /api/v1/payments/**',
    'POST /a/*/b/',
    'GET /',
    'GET /caf%C3%A9',
  ])
})

test('a rule that could never match is refused', async (t) => {
  const table: ReadonlyArray<readonly [rule: string, problem: RegExp]> = [
    ['/api', /is not a method, a space and a path/],
    ['GET', /is not a method, a space and a path/],
    ['GET /a b', /is not a method, a space and a path/],
    ['get /a', /does not begin with one of/],
    ['CONNECT /a', /does not begin with one of/],
    ['** /a', /does not begin with one of/],
    ['GET a', /does not begin with \//],
    ['GET https://bank/a', /does not begin with \//],
    ['GET /a?b=c', /query or fragment/],
    ['GET /a#b', /query or fragment/],
    ['GET /**/a', /\*\* before its end/],
    ['GET /a*', /only part of a segment/],
    ['GET /***', /only part of a segment/],
    ['GET /a/../b', /dot segment/],
    ['GET /a/%2e', /dot segment/],
    ['GET //a', /empty segment/],
    ['GET /a//', /empty segment/],
    ['GET /a%2fb', /encoded slash/],
    ['GET /a%5Cb', /never let in/],
    ['GET /a\\b', /never let in/],
    ['GET /a;b', /never let in/],
    ['GET /a%00', /never let in/],
    ['GET /a%252e', /never let in/],
    ['GET /a%', /malformed % escape/],
    ['GET /a%ff', /malformed % escape/],
  ]
  for (const [rule, problem] of table) {
    t.match(await faultsOf({ BC_ALLOW: rule }), [{ key: 'BC_ALLOW', problem, remedy: /METHOD \/path/ }], rule)
  }
})

test('commas alone are no rules: nothing would be allowed', async (t) => {
  t.match(await faultsOf({ BC_ALLOW: ' , ' }), [{ key: 'BC_ALLOW', problem: 'an empty list names nothing' }])
})

test('whatever rule is taken, the proxy lets a request in by it', (t) => {
  const segment = fc.oneof(
    fc.constantFrom('*', 'api', 'v1', '..', '', 'a.b', '%41', '%2f', ';', '{id}'),
    fc.string({ maxLength: 4 }),
  )
  const rule = fc
    .record({
      method: fc.constantFrom('*', 'GET', 'POST', 'get'),
      segments: fc.array(segment, { maxLength: 4 }),
      rest: fc.constantFrom('', '/**'),
    })
    .map(({ method, segments, rest }) => `${method} /${segments.join('/')}${rest}`)
  const property = fc.property(rule, (text) => {
    const parsed = accessRule.schema.safeParse(text)
    if (!parsed.success) return true
    const [method = '', path = ''] = parsed.data.split(' ')
    const target = path
      .replace(/[^\x21-\x7e]+/gu, encodeURIComponent)
      .replaceAll('**', 'x')
      .replaceAll('*', 'x')
    const checked = checkPath(target)
    // Characters that a path holds only as escapes are for the operator to escape: the rule is then as good as absent.
    if (checked.kind === 'refused')
      return /character that a path|more than one way|dot segment/.test(checked.reason)
    return createAccessRules([parsed.data])(method === '*' ? 'PUT' : method, target).kind === 'allowed'
  })
  t.doesNotThrow(() => fc.assert(property, { numRuns: 2000 }))
  t.end()
})

test('allowed hosts are names, with or without a port', async (t) => {
  const text = 'Sidecar, sidecar.internal:8080,10.0.0.1,[FD00:0::1]:8080,[::1],'
  t.strictSame((await loadEnvironment({ BC_ALLOWED_HOSTS: text })).allowedHosts, [
    { name: 'sidecar' },
    { name: 'sidecar.internal', port: 8080 },
    { name: '10.0.0.1' },
    { name: 'fd00::1', port: 8080 },
    { name: '::1' },
  ])
  t.strictSame((await loadEnvironment({ BC_ALLOWED_HOSTS: ',' })).allowedHosts, [])
})

test('what is no host is refused', async (t) => {
  const table = [
    '*',
    '*.example',
    'http://a',
    'a/b',
    'a:',
    'a:0',
    'a:65536',
    '::1',
    '[a]:1',
    'a b',
    'zoe@a',
    '8080',
  ]
  for (const host of table) {
    t.match(
      await faultsOf({ BC_ALLOWED_HOSTS: `fine,${host}` }),
      [{ key: 'BC_ALLOWED_HOSTS', problem: `"${host}" `, remedy: /name:port/ }],
      host,
    )
  }
})
