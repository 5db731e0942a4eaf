import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'

const sidecar = await startRawSidecar(t)

const request = (line: string, lines = ''): string => `${line}\r\nHost: localhost\r\n${lines}\r\n`

const targets: Record<string, readonly string[]> = {
  'absolute form': [
    'GET http://localhost/a',
    'GET https://localhost/a',
    'POST http://127.0.0.1/a',
    'GET HTTP://a/',
  ],
  'another scheme': ['GET ftp://localhost/a', 'GET file:///etc/passwd', 'GET javascript:alert(1)'],
  'authority form without CONNECT': ['GET localhost:443', 'GET localhost'],
  'no path at all': ['GET *', 'GET ?a=b', 'GET #', 'GET a/b'],
  'two slashes at its start': ['GET //localhost/a', 'GET ///a'],
  'dot segments': ['GET /a/../b', 'GET /..', 'GET /%2e%2e/b', 'GET /a/%252e%252e/b', 'GET /a/..;/b'],
  'hidden slashes': ['GET /a%2fb', 'GET /a%5cb', 'GET /a\\b', 'GET /a%252fb', 'GET /%c0%af'],
  'bytes that are no letters': [
    'GET /a%00',
    'GET /a%0d%0aX:y',
    'GET /\xc3\xa9',
    'GET /a\x7f',
    'GET /a\x01',
    'GET /a\0b',
  ],
  'broken escapes': ['GET /%', 'GET /%zz', 'GET /a%2', 'GET /%ff'],
  'a fragment': ['GET /a#b', 'GET /a?b#c'],
  'spaces in it': ['GET /a b', 'GET /a\tb', 'GET /a HTTP/1.1\tx'],
}

for (const [what, lines] of Object.entries(targets)) {
  test(`a target with ${what} is refused`, async (t) => {
    for (const line of lines) {
      const app = await sidecar.connect()
      app.write(request(`${line} HTTP/1.1`, 'Connection: close\r\n'))
      const answers = await app.closed()
      t.equal(answers.length, 1, line)
      t.match(answers[0], { status: 400, problem: { code: 'invalid_request', requestSent: 'no' } }, line)
    }
    t.same(await sidecar.seen(), [])
  })
}

test('methods that are not forwarded are refused, with the list of those that are', async (t) => {
  for (const line of [
    'TRACE /a',
    'QUERY /a',
    'PROPFIND /a',
    'PURGE /a',
    'M-SEARCH /a',
    'CONNECT bank:443',
    'TRACE *',
  ]) {
    const app = await sidecar.connect()
    app.write(request(`${line} HTTP/1.1`, 'Max-Forwards: 0\r\nConnection: close\r\n'))
    const answers = await app.closed()
    t.equal(answers.length, 1, line)
    t.match(answers[0], { status: 405, problem: { code: 'method_not_allowed', requestSent: 'no' } }, line)
    t.match(answers[0]?.headers['allow'], /GET, HEAD, POST/, line)
  }
  t.same(await sidecar.seen(), [])
})

test('methods that HTTP does not know, in any spelling, are no HTTP', async (t) => {
  for (const line of ['get /a', 'Post /a', 'FOO /a', 'GETT /a', 'GE /a', '/a', 'G\0ET /a', ' GET /a']) {
    const app = await sidecar.connect()
    app.write(request(`${line} HTTP/1.1`))
    const answers = await app.closed()
    t.equal(answers.length, 1, line)
    t.ok(answers[0]?.status === 400 || answers[0]?.status === 405, line)
  }
  t.same(await sidecar.seen(), [])
})

test('nothing is tunnelled after CONNECT', async (t) => {
  const app = await sidecar.connect()
  app.write(`${request('CONNECT localhost:443 HTTP/1.1')}${request('GET /tunnelled HTTP/1.1')}`)
  const answers = await app.closed()
  t.match(answers, [{ status: 405, headers: { connection: 'close' } }])
  t.equal(answers.length, 1)
  t.same(await sidecar.seen(), [])
})

test('other versions of HTTP than 1.0 and 1.1 are refused', async (t) => {
  for (const version of [
    'HTTP/0.9',
    'HTTP/1.2',
    'HTTP/2.0',
    'HTTP/3',
    'HTTP/11.1',
    'HTTP/1',
    'http/1.1',
    'ICE/1.0',
    '',
  ]) {
    const app = await sidecar.connect()
    app.write(request(`GET /a ${version}`.trim(), 'Connection: close\r\n'))
    const answers = await app.closed()
    t.equal(answers.length, 1, version)
    t.match(answers[0], { status: 400, problem: { code: 'invalid_request' } }, version)
  }
  t.same(await sidecar.seen(), [])
})

test('an HTTP/2 preface, a TLS greeting and noise are no HTTP', async (t) => {
  const preface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0'
  const tls = '\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03'
  for (const bytes of [preface, tls, '\0', '\r\n\r\n\x80\xff', '{"json": true}\r\n\r\n', 'GET\r\n\r\n']) {
    const app = await sidecar.connect()
    app.write(bytes)
    const answers = await app.closed()
    t.equal(answers.length, 1, JSON.stringify(bytes))
    t.match(answers[0], { status: 400, problem: { code: 'invalid_request' } }, JSON.stringify(bytes))
  }
  t.same(await sidecar.seen(), [])
})

test('an HTTP/1.0 request is one like any other', async (t) => {
  const app = await sidecar.connect()
  app.write(request('GET /old HTTP/1.0'))
  t.match(await app.closed(), [{ status: 200 }])
  t.same(await sidecar.seen(), ['GET /old'])
})

test('a request without Host is refused, in words of ours', async (t) => {
  const app = await sidecar.connect()
  app.write('GET /a HTTP/1.1\r\n\r\n')
  t.match(await app.answer(), { status: 403, problem: { code: 'host_not_allowed', detail: /missing/ } })
  t.same(await sidecar.seen(), [])
})
