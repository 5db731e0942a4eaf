import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'

const sidecar = await startRawSidecar(t)

const offers = [
  'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13',
  'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAA',
  'Upgrade: TLS/1.0\r\nConnection: upgrade',
  'Upgrade: h2c',
]

test('an offer to upgrade is ignored: the request is answered as it stands', async (t) => {
  for (const offer of offers) {
    const app = await sidecar.connect()
    app.write(`GET /a HTTP/1.1\r\nHost: localhost\r\n${offer}\r\n\r\n`)
    t.equal((await app.answer()).status, 200, offer)
    t.same(await sidecar.seen(), ['GET /a'])
    const { headers } = sidecar.bank.api.requests.at(-2) ?? {}
    t.notOk(headers?.upgrade)
    t.notOk(headers?.['http2-settings'])
    t.notMatch(headers?.connection, /upgrade/i)
  }
})

test('a body behind an offer to upgrade is a body, and what comes next is a request', async (t) => {
  for (const offer of offers) {
    const app = await sidecar.connect()
    app.write(`POST /a HTTP/1.1\r\nHost: localhost\r\n${offer}\r\nContent-Length: 10\r\n\r\nhello`)
    app.write('world')
    t.equal((await app.answer()).status, 200, offer)
    app.write('GET /b HTTP/1.1\r\nHost: localhost\r\n\r\n')
    t.equal((await app.answers(2))[1]?.status, 200, offer)
    t.same(await sidecar.seen(), ['POST /a helloworld', 'GET /b'])
  }
})

test('a bank that switches protocols unasked has not answered in HTTP', async (t) => {
  const { api } = sidecar.bank
  t.teardown(() => {
    api.onHead = undefined
  })
  api.onHead = ({ seen, socket }) => {
    if (seen.url !== '/switch') return false
    socket.write(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x02hi',
    )
    return true
  }
  const app = await sidecar.connect()
  app.write('GET /switch HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')
  const answer = await app.answer()
  t.equal(answer.status, 502)
  t.match(answer.problem, { requestSent: 'maybe' })
  t.notMatch(app.received(), /\x81/)
})
