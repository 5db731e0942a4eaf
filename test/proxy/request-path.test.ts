import assert from 'node:assert/strict'
import { parse } from 'node:url'
import fc from 'fast-check'
import { test } from 'tap'
import { checkPath } from '../../src/proxy/request-path.ts'
import { anyText } from '../support/any-text.ts'

test('a path that reads in one way only is passed on byte for byte, with its query', (t) => {
  const targets = [
    '/',
    '/api/v1/accounts',
    '/api/v1/accounts/',
    '/api/v1/accounts/2f5c?PageNumber=1&PageSize=25',
    "/~user/-._~!$&'()*+,=:@/a:b@c",
    '/a.b/c..d/d..',
    '/.well-known/openid-configuration',
    '/a%20b/%C3%A9t%c3%a9/%E2%82%AC',
    '/%7Etilde/%61bc/file%2Epdf',
    '/100%25/%25zz',
    '/a?',
    '/a?b=../%2e%2e/%2f//;x&c=%00%zz?d=\\{}|^"<>`[]\'',
  ]
  for (const target of targets) {
    const at = target.indexOf('?')
    const path = at === -1 ? target : target.slice(0, at)
    t.same(checkPath(target), { kind: 'ok', path, query: target.slice(path.length) }, target)
  }
  t.end()
})

const ambiguous: Record<string, readonly string[]> = {
  'another form than origin form': ['', '*', 'http://bank/a', 'https://bank/a', 'bank:443', 'api/v1', '?a=b'],
  'dot segments': ['/.', '/..', '/a/..', '/a/../b', '/a/./b', '/../..', '/...', '/a/..../b', '/a/..?b'],
  'dots beside a slash': ['/..a', '/a/..b/c', '/a../b', '/a/%2e.b', '/a.%2E/b'],
  'encoded dot segments': ['/%2e', '/%2e%2E/b', '/a/.%2e/b', '/a/%2e./b', '/a/%2e', '/a/%2e%2e%20/b'],
  'dot segments encoded twice': ['/%252e%252e/b', '/a/.%252e/b', '/a/%25%32%65/b', '/%25252e/b'],
  'dot segments with path parameters': ['/a/..;/b', '/a/..;x=1/b', '/a/..%3b/b'],
  'slashes in other clothes': [
    '/a%2fb',
    '/a%2Fb',
    '/a%252fb',
    '/a%25252Fb',
    '/%2f',
    '/a%EF%BC%8Fb',
    '/a%E2%88%95b',
  ],
  backslashes: [
    '/a\\b',
    '\\a',
    '/\\bank/a',
    '/a%5cb',
    '/a%5C..%5Cb',
    '/a%255cb',
    '/a%EF%BC%BCb',
    '/a%E2%88%96b',
  ],
  'look-alike dots': ['/%EF%BC%8E%EF%BC%8E/b', '/a/%E2%80%A5/b', '/a/.%E2%80%A4/b'],
  'control characters': [
    '/a%00',
    '/a%00b',
    '/a%0d%0ab',
    '/a%1f',
    '/a%7F',
    '/a%C2%85',
    '/a\0',
    '/a\tb',
    '/a\x7f',
    '/a b',
  ],
  'malformed escapes': ['/%', '/a%', '/a%2', '/a%zz', '/a%u002e', '/a%2ghi'],
  'escapes that are not UTF-8': [
    '/%c0%ae%c0%ae/b',
    '/%c0%af',
    '/%e0%80%af',
    '/%E9',
    '/%ff',
    '/%ed%a0%80',
    '/%C3',
  ],
  'empty segments': ['//', '//bank/a', '///a', '/a//b', '/a//', '/a/%20/b', '/a/%C2%A0'],
  'matrix parameters': ['/a;b=c', '/a;/b', '/;', '/a%3bb', '/a%3B'],
  'queries and fragments in disguise': ['/a#b', '/#', '/a%23b', '/a%3Fb', '/a%3f'],
  'characters that URL parsers escape or refuse': [
    '/a"b',
    '/<a>',
    '/a|b',
    '/a^b',
    '/a`b',
    '/{a}',
    '/[a]',
    '/\xe9',
    '/é€',
  ],
}

for (const [what, targets] of Object.entries(ambiguous)) {
  test(`a path with ${what} is refused`, (t) => {
    for (const target of targets) {
      const decision = checkPath(target)
      t.match(decision, { kind: 'refused', code: 'invalid_request', reason: /\w{3}/ }, JSON.stringify(target))
      t.notMatch(JSON.stringify(decision), /bank/, 'the reason does not repeat the path')
    }
    t.end()
  })
}

test('a query with a fragment, a control character or raw bytes is refused', (t) => {
  for (const query of ['?a#b', '?#', '?a\0', '?a b', '?\t', '?\x7f', '?\xe9', '?€']) {
    t.match(checkPath(`/a${query}`), { kind: 'refused', code: 'invalid_request', reason: /query/ }, query)
  }
  t.end()
})

test('a target of more than 8192 bytes is refused as too large', (t) => {
  t.match(checkPath(`/${'a'.repeat(8191)}`), { kind: 'ok' })
  t.match(checkPath(`/${'a'.repeat(8192)}`), { kind: 'refused', code: 'headers_too_large' })
  t.match(checkPath(`/?${'a'.repeat(8191)}`), { kind: 'refused', code: 'headers_too_large' })
  t.end()
})

const piece = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('/', '.', '..', 'a', 'api', '*', '~', ':', '@', "'", '(', '=', '-'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom('%2e', '%2F', '%25', '%5c', '%00', '%20', '%61', '%C3%A9', '%3b', '%ef%bc%8f'),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '\\',
      ';',
      '?',
      '#',
      '%',
      '//',
      '\t',
      ' ',
      '|',
      '{',
      '\x7f',
      '\xe9',
      '2e',
      '2f',
    ),
  },
  { weight: 1, arbitrary: anyText({ maxLength: 3 }) },
  {
    weight: 1,
    arbitrary: anyText({ maxLength: 2 }).map((text) => encodeURIComponent(text)),
  },
)
const hostileTarget = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`)

test('no path is let through that a URL parser changes or reads otherwise', (t) => {
  const property = fc.property(hostileTarget, (target) => {
    const decision = checkPath(target)
    if (decision.kind === 'refused') return
    const { path, query } = decision
    const read = decodeURIComponent(path)
    assert.equal(path + query, target)
    assert.equal(new URL(target, 'https://bank').pathname, path)
    assert.equal(new URL(`https://bank${target}`).pathname, path)
    assert.equal(decodeURIComponent(parse(target).pathname ?? ''), read)
    assert.equal(read.split('/').length, path.split('/').length, 'no slash was hidden')
    assert.doesNotMatch(read, /[\\;?#\p{Cc}]|%[\da-f]{2}/iu)
    assert.doesNotMatch(read, /\/\.*(?:\/|$)(?!$)|\/\.+$/, 'no dot segment, no empty one')
  })
  fc.assert(property, { numRuns: 3_000 })
  t.end()
})

test('every path of unreserved characters and whole escapes of letters is let through', (t) => {
  const unreserved = "abcXYZ019-_.~!$&'()*+,=:@".split('')
  const letter = fc.constantFrom(...unreserved, '%20', '%C3%A9', '%E4%B8%AD', '%41')
  const segment = fc.array(letter, { maxLength: 6 }).map((letters) => `x${letters.join('')}`)
  const property = fc.property(fc.array(segment, { minLength: 1, maxLength: 6 }), (segments) => {
    const path = `/${segments.join('/')}`
    assert.equal(checkPath(path).kind, path.includes('../') ? 'refused' : 'ok')
  })
  fc.assert(property)
  t.end()
})
