import { type Test, test } from 'tap'
import { pair } from '../bank/harness.ts'
import { respond } from '../support/bank.ts'
import { until } from '../support/until.ts'
import { ask } from './ask.ts'
import { failure } from './rig.ts'

test('a token is asked for over mutual TLS, with Basic over UTF-8', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  const before = performance.now()
  const obtained = await ask({ dispatcher, authorizationUrl })
  const [issued] = bank.issued
  t.match(obtained, { value: issued?.token, lifetimeMs: 300_000, thumbprint: issued?.thumbprint })
  t.ok(obtained.sentAt >= before && obtained.sentAt <= performance.now())
  t.match(bank.authorization.requests, [
    {
      method: 'GET',
      url: '/api/v1/authorizations/authorize',
      headers: {
        authorization: `Basic ${Buffer.from('api-user:pass wörd:1').toString('base64')}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'accept-encoding': 'identity',
        connection: 'close',
      },
      body: Buffer.alloc(0),
    },
  ])
})

test('a 100 ahead of the answer is discarded', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  const body = '{"access_token":"abc","expires_in":"300"}'
  const answer = `HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
  bank.authorization.handler = ({ socket }) => void socket.write(answer)
  t.match(await ask({ dispatcher, authorizationUrl }), { value: 'abc', lifetimeMs: 300_000 })
})

test('no connection is kept for the next token request, be it answered or not', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  await ask({ dispatcher, authorizationUrl })
  await until(() => bank.authorization.openCount() === 0)
  bank.authorization.handler = ({ response }) => respond(response, 500, 'x'.repeat(1_000_000))
  await failure(ask({ dispatcher, authorizationUrl }))
  await until(() => bank.authorization.openCount() === 0)
})

test('each status has its meaning', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  const rows = [
    { status: 400, code: 'credentials_rejected', message: /answered 400: check user, password/ },
    { status: 401, code: 'credentials_rejected', message: /answered 401: check/ },
    { status: 403, code: 'credentials_rejected', message: /answered 403: check/ },
    { status: 429, code: 'token_throttled', message: /answered 429$/, retryAfterSeconds: 7 },
    { status: 503, code: 'token_unavailable', message: /answered 503$/, retryAfterSeconds: 7 },
    { status: 500, code: 'token_unavailable', message: /answered 500$/, retryAfterSeconds: undefined },
    { status: 201, code: 'token_unavailable', message: /answered 201$/ },
    { status: 204, code: 'token_unavailable', message: /answered 204$/ },
    { status: 302, code: 'token_unavailable', message: /answered 302, a redirect, which is not followed/ },
  ]
  for (const { status, ...expected } of rows) {
    bank.authorization.handler = ({ response }) => {
      response.setHeader('retry-after', '7').setHeader('location', bank.baseUrl)
      respond(response, status, { access_token: 'secret', expires_in: '300' })
    }
    const error = await failure(ask({ dispatcher, authorizationUrl }))
    t.match(error, { name: 'SidecarError', requestSent: 'no', ...expected })
    t.notMatch(error.message, 'secret')
  }
  t.equal(bank.api.requests.length, 0)
  t.equal(bank.authorization.requests.length, rows.length)
})

test('an answer larger than 64 KiB is refused, announced or not', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  const message = /answered nonsense: a body larger than 64 KiB/
  bank.authorization.handler = ({ response }) => respond(response, 200, 'x'.repeat(10_000_000))
  t.match(await failure(ask({ dispatcher, authorizationUrl })), { code: 'token_unavailable', message })
  bank.authorization.handler = ({ response }) => {
    const pieces = setInterval(() => response.write('x'.repeat(10_000)), 1)
    response.on('close', () => clearInterval(pieces))
  }
  t.match(await failure(ask({ dispatcher, authorizationUrl })), { code: 'token_unavailable', message })
  await until(() => bank.authorization.openCount() === 0)
})

test('an empty answer, and one that breaks off, are refused', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const { authorizationUrl } = bank
  bank.authorization.handler = ({ response }) => void response.end()
  t.match(await failure(ask({ dispatcher, authorizationUrl })), { message: /nonsense: an empty body/ })
  bank.authorization.handler = ({ response, socket }) => {
    response.writeHead(200, { 'content-length': 100 }).write('{"access_token": "secret"')
    setImmediate(() => socket.end())
  }
  t.match(await failure(ask({ dispatcher, authorizationUrl })), {
    code: 'token_unavailable',
    message: /the authorization endpoint (answered less|closed the connection)/,
  })
})
