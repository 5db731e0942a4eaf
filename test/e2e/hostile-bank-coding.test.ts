import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'

const sidecar = await startRawSidecar(t)
const { api } = sidecar.bank

/** Every request to a path under `/raw` is answered with bytes. */
let bytes = ''
api.onHead = ({ seen, socket }) => {
  if (!seen.url.startsWith('/raw')) return false
  socket.end(bytes, 'latin1')
  return true
}

const codings = ['gzip, chunked', 'chunked, gzip', 'gzip', 'identity', 'chunked, chunked', 'xchunked']

test('an answer in a transfer coding that nobody undoes never looks like a good one', async (t) => {
  for (const status of ['200 OK', '401 Unauthorized', '500 Oops'])
    for (const coding of codings) {
      bytes = `HTTP/1.1 ${status}\r\nTransfer-Encoding: ${coding}\r\n\r\n5\r\nhello\r\n0\r\n\r\n`
      const app = await sidecar.connect()
      app.write('POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx')
      const answer = await app.answer()
      t.match(answer, { status: 502, problem: { code: 'bank_protocol_error', requestSent: 'maybe' } }, coding)
      t.equal((await sidecar.seen()).length, 1, 'sent once')
    }
})

test('an answer with both a length and chunks does not frame two answers for the app', async (t) => {
  bytes =
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n' +
    'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\npoisoned'
  const app = await sidecar.connect()
  for (const path of ['/raw', '/raw/again']) app.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  const answers = await app.answers(2)
  t.ok(answers.every(({ status }) => status === 502))
  t.notMatch(app.received(), /poisoned/)
  await sidecar.seen()
})

test('headers of the bank that pass for ours do not reach the app', async (t) => {
  bytes =
    'HTTP/1.1 200 OK\r\nbc-sidecar-error: internal_error\r\nBC-Sidecar-X: y\r\nConnection: close, x-hop\r\n' +
    'X-Hop: 1\r\nKeep-Alive: timeout=1\r\nProxy-Authenticate: Basic\r\nX-End: 1\r\nContent-Length: 2\r\n\r\nok'
  const app = await sidecar.connect()
  app.write('GET /raw HTTP/1.1\r\nHost: localhost\r\n\r\n')
  const { headers, body } = await app.answer()
  t.equal(body, 'ok')
  t.equal(headers['x-end'], '1')
  for (const name of ['bc-sidecar-error', 'bc-sidecar-x', 'x-hop', 'proxy-authenticate'])
    t.notOk(headers[name])
  t.not(headers['keep-alive'], 'timeout=1')
})
