import t, { test } from 'tap'
import { type Exchange, respond } from '../support/bank.ts'
import { startRawSidecar } from '../support/raw-sidecar.ts'
import { until } from '../support/until.ts'

const sidecar = await startRawSidecar(t)
const { api } = sidecar.bank

const host = 'Host: localhost\r\n'
const noise: Record<string, { bytes: string; status: number; code: string; method?: string }> = {
  'bytes that are no HTTP': { bytes: '\x16\x03\x01\x02\x00\x01\x00', status: 400, code: 'invalid_request' },
  'the preface of HTTP/2': {
    bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
    status: 400,
    code: 'invalid_request',
  },
  'a head that is too large': {
    bytes: `GET /a HTTP/1.1\r\n${host}X: ${'x'.repeat(40_000)}`,
    status: 431,
    code: 'headers_too_large',
  },
  'a method that nobody knows': {
    bytes: `FOO /a HTTP/1.1\r\n${host}\r\n`,
    status: 405,
    code: 'method_not_allowed',
  },
  'a method in small letters': {
    bytes: `get /a HTTP/1.1\r\n${host}\r\n`,
    status: 405,
    code: 'method_not_allowed',
  },
  'a request line without a version': { bytes: 'FOO /a\r\n\r\n', status: 400, code: 'invalid_request' },
  CONNECT: {
    bytes: `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`,
    status: 405,
    code: 'method_not_allowed',
    method: 'CONNECT',
  },
}

for (const [what, { bytes, status, code, method = 'other' }] of Object.entries(noise)) {
  test(`${what} get an answer, a line in the log and a place in the metrics`, async (t) => {
    const counted = `bc_sidecar_requests_total{environment="test",method="other",code="${status}",origin="sidecar"}`
    const count = async (): Promise<number> => {
      const text = await (await fetch(`${sidecar.admin}/metrics`)).text()
      return Number(
        text
          .split('\n')
          .find((line) => line.startsWith(counted))
          ?.split(' ')[1] ?? 0,
      )
    }
    const before = await count()
    const app = await sidecar.connect()
    app.write(bytes)
    const [answer, ...more] = await app.closed()
    t.same(more, [])
    t.match(answer, { status, headers: { 'bc-sidecar-error': code, connection: 'close' } })
    t.match(answer?.problem, { environment: 'test', code, requestSent: 'no', requestId: /^[\w.-]+$/ })
    const line = await until(() => sidecar.requests().at(-1))
    const requestId = answer?.problem?.['requestId']
    t.match(line, {
      method,
      status,
      code,
      requestId,
      route: ':malformed',
      origin: 'sidecar',
      requestSent: 'no',
      responseBytes: Number(answer?.headers['content-length']),
    })
    t.equal(await count(), before + 1)
  })
}

test('an app whose body turns out to be no HTTP is answered once, and counted once', async (t) => {
  const before = sidecar.requests().length
  const app = await sidecar.connect()
  app.write(
    `POST /torn HTTP/1.1\r\n${host}X-Request-Id: torn-1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel`,
  )
  await until(() => api.requests.at(-1)?.url === '/torn')
  app.write('lo\r\nnonsense\r\n')
  t.match(await app.closed(), [{ status: 400, problem: { requestSent: 'maybe', requestId: 'torn-1' } }])
  app.socket.destroy()
  await until(() => sidecar.requests().length > before)
  t.match(sidecar.requests().at(-1), {
    status: 400,
    code: 'invalid_request',
    requestSent: 'maybe',
    route: '/torn',
  })
  t.same(await sidecar.seen(), ['POST /torn hello (broken off)'])
})

test('a body that turns out to be no HTTP breaks off the answer that the bank gave early', async (t) => {
  const plain = api.onHead
  api.onHead = ({ seen, response }) => {
    if (seen.url !== '/early') return false
    response.writeHead(200).write('early')
    return true
  }
  const app = await sidecar.connect()
  app.write(`POST /early HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`)
  await until(() => app.received().includes('early'))
  app.write('nonsense\r\n')
  t.same(await app.closed(), [], 'no complete answer')
  t.notMatch(app.received(), /\r\n0\r\n\r\n$/)
  api.onHead = plain
  t.same(await sidecar.seen(), ['POST /early (broken off)'])
})

const behind: Record<string, { bytes: string; statuses: number[] }> = {
  'a broken body': {
    bytes: `POST /torn HTTP/1.1\r\n${host}Transfer-Encoding: chunked\r\n\r\nnonsense\r\n`,
    statuses: [200, 400],
  },
  'bytes that are no HTTP': { bytes: '\x16\x03\x01\r\n\r\n', statuses: [200] },
  CONNECT: { bytes: `CONNECT a:1 HTTP/1.1\r\n${host}\r\n`, statuses: [200] },
}

for (const [what, { bytes, statuses }] of Object.entries(behind)) {
  test(`no answer to ${what} is taken for that to an earlier request`, async (t) => {
    const plain = api.handler
    let held: Exchange | undefined
    api.handler = (exchange) => {
      held = exchange
    }
    const app = await sidecar.connect()
    app.write(`GET /first HTTP/1.1\r\n${host}\r\n${bytes}`)
    const { response } = await until(() => held)
    api.handler = plain
    t.same(await sidecar.seen(), ['GET /first'])
    t.equal(app.received(), '')
    respond(response, 200, 'first')
    const answers = await app.closed()
    t.match(answers[0], { status: 200, body: '"first"' })
    t.same(
      answers.map(({ status }) => status),
      statuses,
    )
  })
}
