import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'

const sidecar = await startRawSidecar(t)

/** What a careless server would take for the next request. */
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'
const head = (lines: string): string => `POST /payment HTTP/1.1\r\nHost: localhost\r\n${lines}\r\n\r\n`
const clTe = `0\r\n\r\n${smuggled}`
const teCl = `${smuggled.length.toString(16)}\r\n${smuggled}\r\n0\r\n\r\n`

const desync: Record<string, string> = {
  'Content-Length before Transfer-Encoding': head('Content-Length: 6\r\nTransfer-Encoding: chunked') + clTe,
  'Transfer-Encoding before Content-Length': head('Transfer-Encoding: chunked\r\nContent-Length: 4') + teCl,
  'a length of 0 beside chunks': head('Content-Length: 0\r\nTransfer-Encoding: chunked') + teCl,
  'Transfer-Encoding twice': head('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked') + clTe,
  'a second, unknown Transfer-Encoding': head('Transfer-Encoding: chunked\r\nTransfer-Encoding: cow') + clTe,
  'chunked that is not last': head('Transfer-Encoding: chunked, identity') + clTe,
  'another coding before chunked': head('Transfer-Encoding: gzip, chunked') + clTe,
  'an almost known coding': head('Transfer-Encoding: xchunked') + clTe,
  'a coding with a parameter': head('Transfer-Encoding: chunked;q=1') + clTe,
  'a coding behind a control character': head('Transfer-Encoding:\x0bchunked') + clTe,
  'a space before the colon of a coding': head('Transfer-Encoding : chunked\r\nContent-Length: 6') + clTe,
  'a coding on a folded line': head('Transfer-Encoding:\r\n chunked\r\nContent-Length: 6') + clTe,
  'a coding behind a bare line feed': head('X: x\nTransfer-Encoding: chunked\r\nContent-Length: 6') + clTe,
  'a tab behind a coding': head('Transfer-Encoding: chunked\t\r\nX: y') + clTe,
  'two different lengths': head('Content-Length: 5\r\nContent-Length: 0') + smuggled,
  'the same length twice': head('Content-Length: 5\r\nContent-Length: 5') + smuggled,
  'a list of lengths': head('Content-Length: 5, 5') + smuggled,
  'a length with a sign': head('Content-Length: +5') + smuggled,
  'a negative length': head('Content-Length: -1') + smuggled,
  'a hexadecimal length': head('Content-Length: 0x5') + smuggled,
  'two numbers as length': head('Content-Length: 5 5') + smuggled,
  'no number as length': head('Content-Length:') + smuggled,
  'a length beyond 64 bits': head('Content-Length: 18446744073709551621') + smuggled,
}

const malformed: Record<string, string> = {
  'a folded header': head('X-Folded: a\r\n b\r\nContent-Length: 0'),
  'a space before the first header': `POST /payment HTTP/1.1\r\n Host: localhost\r\nContent-Length: 0\r\n\r\n`,
  'a space in a header name': head('X Header: a\r\nContent-Length: 0'),
  'a space before a colon': head('X-Header : a\r\nContent-Length: 0'),
  'a header without a name': head(': a\r\nContent-Length: 0'),
  'a header without a colon': head('X-Header\r\nContent-Length: 0'),
  'a header name that is not ASCII': head('X-H\xe9: a\r\nContent-Length: 0'),
  'a NUL in a value': head('X-Header: a\0b\r\nContent-Length: 0'),
  'a DEL in a value': head('X-Header: a\x7fb\r\nContent-Length: 0'),
  'a bare carriage return in a value': head('X-Header: a\rb: c\r\nContent-Length: 0'),
  'a bare line feed in a value': head('X-Header: a\nB: c\r\nContent-Length: 0'),
  'bare line feeds for line ends': head('Content-Length: 0').replaceAll('\r\n', '\n'),
  'a bare line feed after the request line': head('Content-Length: 0').replace('\r\n', '\n'),
  'a bare line feed at the end of the head':
    'POST /payment HTTP/1.1\r\nHost: localhost\r\n\nGET / HTTP/1.1\r\n\r\n',
}

for (const [what, bytes] of Object.entries({ ...desync, ...malformed })) {
  test(`a request with ${what} is refused, with all that follows it`, async (t) => {
    const app = await sidecar.connect()
    app.write(bytes)
    const answers = await app.closed()
    t.equal(answers.length, 1, 'one answer, then the connection is closed')
    t.match(answers[0], {
      status: 400,
      headers: { 'bc-sidecar-error': 'invalid_request', connection: 'close' },
    })
    t.match(answers[0]?.problem, { code: 'invalid_request', status: 400, requestSent: 'no' })
    t.same(await sidecar.seen(), [], 'the bank saw nothing')
  })
}

test('a head that may only be read in one way passes, however odd it looks', async (t) => {
  const odd = [
    head('transfer-ENCODING: \tChunked '),
    head('Transfer-Encoding: chunked\r\nX-Empty:\r\nX-Latin: \xe9'),
    `\r\n${head('Transfer-Encoding: chunked')}`,
  ]
  for (const bytes of odd) {
    const app = await sidecar.connect()
    app.write(`${bytes}5;name="a;b"\r\nhello\r\n00000\r\nX-Trailer: 1\r\nAuthorization: Basic YQ==\r\n\r\n`)
    t.equal((await app.answer()).status, 200)
    t.same(await sidecar.seen(), ['POST /payment hello'])
  }
  const heads = sidecar.bank.api.requests.map(({ rawHeaders }) => rawHeaders.join('\n')).join('\n')
  t.notMatch(heads, /trailer|Basic/i, 'trailers are not passed on')
})
