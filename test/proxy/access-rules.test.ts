import assert from 'node:assert/strict'
import { parse } from 'node:url'
import fc from 'fast-check'
import { test } from 'tap'
import { createAccessRules } from '../../src/proxy/access-rules.ts'
import { checkPath } from '../../src/proxy/request-path.ts'

const denied = { kind: 'denied', reason: 'no-rule' }

test('without rules everything is allowed, and with an empty list nothing', (t) => {
  t.same(createAccessRules(undefined)('DELETE', '/any/thing'), { kind: 'allowed', rule: '*' })
  t.same(createAccessRules([])('GET', '/'), denied)
  t.end()
})

const table: readonly [rule: string, allowed: readonly string[], refused: readonly string[]][] = [
  [
    'GET /a/b',
    ['GET /a/b', 'HEAD /a/b'],
    ['POST /a/b', 'GET /a', 'GET /a/b/', 'GET /a/b/c', 'GET /A/b', 'GET /'],
  ],
  ['HEAD /a', ['HEAD /a'], ['GET /a']],
  ['* /a', ['GET /a', 'DELETE /a', 'OPTIONS /a', 'HEAD /a'], ['GET /b']],
  ['POST /a', ['POST /a'], ['GET /a', 'HEAD /a', 'post /a']],
  ['GET /', ['GET /'], ['GET /a']],
  ['GET /a/', ['GET /a/'], ['GET /a']],
  ['GET /a/*', ['GET /a/b', 'GET /a/%2A'], ['GET /a', 'GET /a/', 'GET /a/b/', 'GET /a/b/c']],
  ['GET /*/b', ['GET /a/b', 'GET /b/b'], ['GET /b', 'GET //b', 'GET /a/c']],
  ['GET /a/*/', ['GET /a/b/'], ['GET /a//', 'GET /a/b', 'GET /a/']],
  ['GET /a/**', ['GET /a/b', 'GET /a/b/c', 'GET /a/b/'], ['GET /a', 'GET /a/', 'GET /b/c', 'GET /ab']],
  ['GET /**', ['GET /a', 'GET /a/b/c'], ['GET /', 'PUT /a']],
  ['* /**', ['PATCH /a'], ['PATCH /']],
  ['GET /a/*/c/**', ['GET /a/b/c/d', 'GET /a/c/c/d/e'], ['GET /a/b/c', 'GET /a/b/c/', 'GET /a/c/d']],
  ['GET /a*', ['GET /a*'], ['GET /ab']],
  ['GET /constructor', ['GET /constructor'], ['GET /__proto__', 'GET /toString']],
  ['  GET   /a  ', ['GET /a'], ['GET /b']],
]

for (const [rule, allowed, refused] of table) {
  test(`the rule "${rule}" allows what it says, and no more`, (t) => {
    const decide = createAccessRules([rule])
    for (const request of allowed) t.same(decide(...split(request)), { kind: 'allowed', rule }, request)
    for (const request of refused) t.same(decide(...split(request)), denied, request)
    t.end()
  })
}

function split(request: string): [method: string, path: string] {
  const [method = '', path = ''] = request.split(' ')
  return [method, path]
}

test('each of many rules allows for itself, also where they share their beginning', (t) => {
  const decide = createAccessRules([
    'GET /a/*/x',
    'GET /a/b/y',
    'POST /a/b',
    'HEAD /a/b',
    'GET /a/b',
    'GET /a/b/**',
  ])
  t.match(decide('GET', '/a/c/x'), { rule: 'GET /a/*/x' })
  t.match(decide('GET', '/a/b/y'), { rule: 'GET /a/b/y' })
  t.match(decide('GET', '/a/b/z'), { rule: 'GET /a/b/**' })
  t.match(decide('POST', '/a/b'), { rule: 'POST /a/b' })
  t.match(decide('HEAD', '/a/b'), { rule: 'HEAD /a/b' })
  t.same(decide('POST', '/a/c'), denied)
  t.end()
})

test('an escaped letter is not the letter, but the case of an escape does not matter', (t) => {
  const decide = createAccessRules(['GET /accounts/*', 'GET /caf%c3%a9', 'GET /straße'])
  t.same(decide('GET', '/%61ccounts/1'), denied)
  t.same(decide('GET', '/accounts%20/1'), denied)
  t.match(decide('GET', '/accounts/%61'), { kind: 'allowed' })
  t.match(decide('GET', '/caf%C3%a9'), { kind: 'allowed' })
  t.match(decide('GET', '/stra%c3%9fe'), { kind: 'allowed' })
  t.end()
})

test('what is no rule is an error, never a rule that allows something', (t) => {
  for (const rule of ['', 'GET', '/a', 'GET a', 'GET /a /b', 'GET /**/a', 'GET /a/**/b']) {
    t.throws(() => createAccessRules([rule]), TypeError, rule)
  }
  t.end()
})

const method = fc.constantFrom('GET', 'HEAD', 'POST', 'DELETE')
const ruleSegment = fc.constantFrom('a', 'b', '*', 'A', '%61')
const anyRule = fc
  .tuple(
    fc.oneof(method, fc.constant('*')),
    fc.array(ruleSegment, { maxLength: 4 }),
    fc.constantFrom('', '/', '/**'),
  )
  .map(
    ([verb, segments, end]) => `${verb} /${segments.join('/')}${segments.length === 0 ? end.slice(1) : end}`,
  )
const anyPath = fc
  .array(fc.constantFrom('a', 'b', 'A', 'c', '%61', ''), { maxLength: 5 })
  .map((segments) => `/${segments.join('/')}`)

test('the rules decide as a plain reading of each of them would', (t) => {
  const property = fc.property(fc.array(anyRule, { maxLength: 8 }), method, anyPath, (rules, verb, path) => {
    const plainly = rules.some((rule) => fits(rule, verb, path))
    const decision = createAccessRules(rules)(verb, path)
    assert.equal(decision.kind === 'allowed', plainly)
    if (decision.kind === 'allowed') assert.ok(fits(decision.rule, verb, path))
  })
  fc.assert(property, { numRuns: 2_000 })
  t.end()
})

/** The rule's words, taken one by one. */
function fits(rule: string, method: string, path: string): boolean {
  const [verb = '', pattern = ''] = rule.split(' ')
  if (verb !== '*' && verb !== method && !(verb === 'GET' && method === 'HEAD')) return false
  const wanted = pattern.slice(1).split('/')
  const given = path.slice(1).split('/')
  const open = wanted.at(-1) === '**'
  const named = open ? wanted.slice(0, -1) : wanted
  const rest = given.slice(named.length)
  if (open ? rest.length === 0 || rest[0] === '' : rest.length > 0) return false
  return named.every((segment, at) => (segment === '*' ? Boolean(given[at]) : segment === given[at]))
}

const pieces = [
  '/',
  'accounts',
  'payments',
  '*',
  '.',
  '..',
  '%2e',
  '%2f',
  '%252e',
  '%5c',
  '\\',
  ';',
  '?',
  '#',
  '%61',
]
const hostile = fc
  .tuple(
    fc.constantFrom('/', '/accounts', '/accounts/', '/x/accounts/'),
    fc.array(fc.constantFrom(...pieces, 'A', '%00', '//', '%', '@', '%20', '%EF%BC%8F'), { maxLength: 6 }),
  )
  .map(([start, parts]) => start + parts.join(''))

test('no request is allowed that the bank reads as a path which the rules deny', (t) => {
  const allowed = createAccessRules(['GET /accounts', 'GET /accounts/*', '* /*/accounts/**'])
  const property = fc.property(hostile, method, (target, verb) => {
    const decision = checkPath(target)
    if (decision.kind === 'refused' || allowed(verb, decision.path).kind === 'denied') return
    for (const reading of readings(target)) assert.equal(allowed(verb, reading).kind, 'allowed', reading)
  })
  fc.assert(property, { numRuns: 5_000 })
  t.end()
})

/** The path as different servers understand it. */
function readings(target: string): string[] {
  const whole = new URL(target, 'https://bank').pathname
  const legacy = parse(target).pathname ?? ''
  const decoded = decodeURIComponent(whole)
  const resolved = new URL(`https://bank${decoded.replaceAll('%', '%25')}`).pathname
  const decodedFirst = new URL(
    `https://bank${decodeURIComponent(target.split('?')[0] ?? '').replaceAll('%', '%25')}`,
  )
  return [
    whole,
    legacy,
    resolved,
    decodedFirst.pathname,
    whole.replaceAll('\\', '/'),
    whole.replaceAll(/;[^/]*/g, ''),
  ]
}
