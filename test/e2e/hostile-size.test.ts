import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'

const sidecar = await startRawSidecar(t)

const host = 'Host: localhost\r\n'
const many = (count: number, line: string): string => line.repeat(count)

const tooLarge: Record<string, string> = {
  'a giant header': `GET /a HTTP/1.1\r\n${host}X-Giant: ${'x'.repeat(20_000)}\r\n\r\n`,
  'a giant header name': `GET /a HTTP/1.1\r\n${host}${'X'.repeat(20_000)}: a\r\n\r\n`,
  'a header that does not end': `GET /a HTTP/1.1\r\n${host}X-Endless: ${'x'.repeat(40_000)}`,
  'headers that do not end': `GET /a HTTP/1.1\r\n${host}${many(1_000, 'X-Header: some value\r\n')}`,
  'a giant path': `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
  'a giant query': `GET /a?${'a'.repeat(20_000)} HTTP/1.1\r\n${host}\r\n`,
  'a large path': `GET /${'a'.repeat(9_000)} HTTP/1.1\r\n${host}\r\n`,
  'a request line that does not end': `GET /${'a'.repeat(40_000)}`,
}

test('headers within the limit arrive, however many they are', async (t) => {
  const { api } = sidecar.bank
  let head = ''
  // Bare bytes: the bank's own server would lose headers beyond some number.
  api.onSocket = (socket) => {
    socket.setEncoding('latin1').on('data', (piece: string) => {
      head += piece
      if (head.endsWith('\r\n\r\n')) socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
    })
  }
  const app = await sidecar.connect()
  app.write(`GET /many HTTP/1.1\r\n${host}${many(1_500, 'a:\r\n')}Idempotency-Key: k\r\n\r\n`)
  t.equal((await app.answer()).status, 200)
  api.onSocket = undefined
  t.equal(head.split('\r\n').filter((line) => line === 'a: ').length, 1_500)
  t.match(head, /^Idempotency-Key: k$/m)
  t.match(head, /^authorization: Bearer /m)
})

for (const [what, bytes] of Object.entries(tooLarge)) {
  test(`${what} is refused as too large`, async (t) => {
    const app = await sidecar.connect()
    app.write(bytes)
    const answer = await app.answer()
    t.match(answer, { status: 431, problem: { code: 'headers_too_large', requestSent: 'no' } })
    t.same(await sidecar.seen(), [])
  })
}

test('what is to be checked is checked, however many headers stand before it', async (t) => {
  const hidden: [line: string, status: number][] = [
    ['Origin: https://evil.example', 403],
    ['Sec-Fetch-Site: cross-site', 403],
    ['Host: evil.example', 403],
  ]
  for (const [line, status] of hidden) {
    const app = await sidecar.connect()
    app.write(`GET /hidden HTTP/1.1\r\n${host}${many(3_000, 'a:\r\n')}${line}\r\n\r\n`)
    t.equal((await app.answer()).status, status, line)
  }
  t.same(await sidecar.seen(), [])
})
