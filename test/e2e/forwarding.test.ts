import { randomBytes } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import { type Test, test } from 'tap'
import { startApp } from '../support/app.ts'
import { respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

async function start(t: Test, env: Record<string, string> = {}, ready = true) {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const running = await startTestSidecar(t, { bank, authority, env, ready })
  return { bank, ...running, app: startApp(t, running.apps) }
}

test('each method reaches the bank once, with the token, the certificate and the path as it came', async (t) => {
  const { bank, app } = await start(t)
  for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    const before = bank.api.requests.length
    const answer = await app.call({ method, path: '/api/v1/accounts?PageNumber=1&x=%2F..%3f&y=a+b' })
    t.equal(answer.status, 200, method)
    const [seen, ...more] = bank.api.requests.slice(before)
    t.equal(more.length, 0)
    t.equal(seen?.method, method)
    t.equal(seen?.url, '/api/v1/accounts?PageNumber=1&x=%2F..%3f&y=a+b')
    t.equal(seen?.token, bank.issued[0]?.token)
    t.equal(seen?.thumbprint, bank.issued[0]?.thumbprint)
    t.equal(seen?.headers.host, bank.baseUrl.slice('https://'.length))
  }
  t.equal(bank.issued.length, 1)
})

test('a body of any type arrives byte for byte', async (t) => {
  const { bank, app } = await start(t)
  const latin1 = Buffer.from('åäö', 'latin1')
  const cases: [type: string | undefined, body: Buffer][] = [
    ['application/json', Buffer.from('{"a" : 1 , "a": 2}')],
    ['application/json', Buffer.from('{not json')],
    ['text/plain; charset=iso-8859-1', latin1],
    ['application/xml; charset=utf-16', Buffer.from('\ufeff<Document/>', 'utf16le')],
    ['multipart/form-data; boundary=x', Buffer.from('--x\r\n\r\nhello\r\n--x--\r\n')],
    ['this is ; not = a type;;', randomBytes(300)],
    [undefined, randomBytes(70_000)],
  ]
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])
    for (const [type, body] of cases) {
      const headers = type === undefined ? {} : { 'content-type': type }
      const answer = await app.call({ method, path: '/echo', headers, body })
      const seen = bank.api.requests.at(-1)
      t.equal(answer.status, 200)
      t.ok(seen?.body.equals(body), `${method} ${type}`)
      t.equal(seen?.headers['content-type'], type)
    }
})

test('a body without a length is passed on in pieces, while it comes', async (t) => {
  const { bank, app } = await start(t)
  const parts = [randomBytes(10), randomBytes(40_000), randomBytes(5)]
  await app.call({
    method: 'POST',
    path: '/chunks',
    headers: { 'transfer-encoding': 'chunked' },
    body: parts,
  })
  t.ok(bank.api.requests.at(-1)?.body.equals(Buffer.concat(parts)))
})

test('ten megabytes pass in both directions', async (t) => {
  const { bank, app } = await start(t)
  const body = randomBytes(10_485_760)
  bank.api.handler = ({ response, seen }) => void response.end(seen.body)
  const answer = await app.call({ method: 'POST', path: '/large', body })
  t.ok(answer.body.equals(body))
})

test('status, headers and body come back as the bank gave them', async (t) => {
  const { bank, app } = await start(t)
  const zipped = gzipSync('hello')
  const cases: [status: number, headers: string[], body: Buffer | undefined][] = [
    [200, ['content-encoding', 'gzip', 'content-type', 'application/json'], zipped],
    [201, ['location', '/api/v1/payments/singles/1', 'x-latin', 'caf\u00e9'], Buffer.from('{}')],
    [204, [], undefined],
    [301, ['location', 'https://elsewhere.example/'], undefined],
    [304, ['etag', '"1"', 'content-type', 'text/plain'], undefined],
    [404, ['content-type', 'application/json'], Buffer.from('[{"errorCode":"1","errorText":"no"}]')],
    [418, ['set-cookie', 'a=1', 'set-cookie', 'b=2'], Buffer.from('tea')],
    [500, ['retry-after', '7'], Buffer.from('oh')],
    [503, ['retry-after', '1'], Buffer.from('later')],
  ]
  for (const [status, headers, body] of cases) {
    bank.api.handler = ({ response }) =>
      void response.writeHead(status, 'As The Bank Says', headers).end(body)
    const before = bank.api.requests.length
    const answer = await app.call({ path: '/answer' })
    t.equal(answer.status, status)
    t.equal(answer.statusText, 'As The Bank Says')
    t.equal(answer.text, body?.toString() ?? '')
    for (let at = 0; at < headers.length; at += 2)
      t.match(answer.rawHeaders.join('\n'), `${headers[at]}\n${headers[at + 1]}`)
    t.equal(answer.headers['bc-sidecar-error'], undefined)
    t.equal(bank.api.requests.length, before + 1, 'one request is one request, also when it fails')
  }
})

test('a length in an answer that has no body is passed on, and the connections go on', async (t) => {
  const { bank, app, lines } = await start(t)
  const calls = (): typeof lines => lines.filter(({ event }) => event === 'request')
  for (const [status, length] of [
    [304, '77'],
    [204, '5'],
  ] as const) {
    bank.api.handler = ({ response }) => void response.writeHead(status, { 'content-length': length }).end()
    const answer = await app.call({ path: '/one' })
    t.match(answer, { status, headers: { 'content-length': length, connection: 'keep-alive' } })
  }
  await until(() => calls().length === 2)
  for (const { code } of calls()) t.notOk(code, 'it is no failure')
})

test('the answer to HEAD keeps its length and has no body', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ response }) => void response.writeHead(200, { 'content-length': '42' }).end()
  const answer = await app.call({ method: 'HEAD', path: '/api/v1/accounts' })
  t.equal(answer.headers['content-length'], '42')
  t.equal(answer.body.length, 0)
})

test('headers that are not for the bank stay behind, and the app cannot replace the token', async (t) => {
  const { bank, app } = await start(t)
  const headers = {
    authorization: 'Bearer mine',
    connection: 'x-drop, keep-alive',
    'x-drop': '1',
    te: 'trailers',
    expect: '100-continue',
    'proxy-authorization': 'Basic eA==',
    forwarded: 'for=1.2.3.4',
    'x-forwarded-for': '1.2.3.4',
    'bc-sidecar-secret': 'unasked',
    upgrade: 'h2c',
    'idempotency-key': 'k1',
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  }
  t.equal((await app.call({ path: '/api/v1/accounts', headers })).status, 200)
  const seen = bank.api.requests.at(-1)?.headers ?? {}
  for (const name of [
    'x-drop',
    'te',
    'expect',
    'proxy-authorization',
    'forwarded',
    'x-forwarded-for',
    'bc-sidecar-secret',
    'upgrade',
  ])
    t.equal(seen[name], undefined, name)
  t.equal(seen.authorization, `Bearer ${bank.issued[0]?.token}`)
  t.equal(seen['idempotency-key'], 'k1')
  t.equal(seen['traceparent'], headers.traceparent)
})

test('the login is answered here with a placeholder, and the bank never hears of it', async (t) => {
  const { bank, app } = await start(t, { BC_ALLOW: 'GET /nothing' })
  const answer = await app.call({
    path: '/api/v1/authorizations/authorize',
    headers: { authorization: 'Basic dTpw' },
  })
  t.equal(answer.status, 200)
  t.equal((await app.call({ method: 'HEAD', path: '/api/v1/authorizations/authorize' })).status, 200)
  t.equal(answer.json['expires_in'], '300')
  const [head = '', claims = '', signature] = String(answer.json['access_token']).split('.')
  t.strictSame(JSON.parse(Buffer.from(head, 'base64url').toString()).alg, 'none')
  t.ok(JSON.parse(Buffer.from(claims, 'base64url').toString()).exp > Date.now() / 1000)
  t.equal(signature, '')
  t.equal(bank.api.requests.length, 0)
})

test('a hundred cold requests cost one token request', async (t) => {
  const { bank, app } = await start(t, { BC_TOKEN_AT_START: 'never' }, false)
  const answers = await Promise.all(Array.from({ length: 100 }, () => app.call({ path: '/api/v1/accounts' })))
  t.ok(answers.every(({ status }) => status === 200))
  t.equal(bank.issued.length, 1)
})

test('the app’s answer is not an answer of ours when the bank pretends', async (t) => {
  const { bank, app } = await start(t)
  bank.api.handler = ({ response }) => {
    response.setHeader('bc-sidecar-error', 'internal_error')
    respond(response, 500, { code: 'x' })
  }
  t.equal((await app.call({ path: '/a' })).headers['bc-sidecar-error'], undefined)
})
