import fc from 'fast-check'
import { test } from 'tap'
import { type PlainRequest, plainRequests } from '../support/plain-requests.ts'
import { startRawListener } from '../support/raw-listener.ts'
import { until } from '../support/until.ts'

const runs = { numRuns: Number(process.env['FUZZ_RUNS'] ?? 250) }

const bytes = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
  maxLength: 4,
})
const often = <T>(usual: fc.Arbitrary<T>, odd: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 12, arbitrary: usual }, { weight: 1, arbitrary: odd })

const end = often(fc.constant('\r\n'), fc.constantFrom('\n', '\r', '\r\r\n', '\n\r', '', ' \r\n', '\r\n '))
const method = often(
  fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD'),
  fc.constantFrom('TRACE', 'get', 'CONNECT', '', 'G\0T'),
)
const path = often(
  fc.constantFrom('', '/b', '?c=d', '/b-c/D?e=f&g=h'),
  fc.oneof(
    bytes,
    fc.constantFrom('/../x', '/%2e%2e/x', '/a%2fb', ' HTTP/1.1\r\nHost: localhost\r\n\r\n', '#', '\\'),
  ),
)
const version = often(
  fc.constantFrom('HTTP/1.1', 'HTTP/1.0'),
  fc.constantFrom('HTTP/2.0', 'HTTP/0.9', 'http/1.1', '', 'HTTP/1.1 '),
)
const header = often(
  fc.constantFrom(
    'X-One: 1',
    'X-Latin: \xe5\xe4',
    'Accept: */*',
    'X-Empty:',
    'Content-Type: application/json',
  ),
  fc.oneof(
    fc.constantFrom(
      'Content-Length: 3',
      'Content-Length: +3',
      'Content-Length: 3, 3',
      'Content-Length : 3',
      'Content-Length: 0x3',
    ),
    fc.constantFrom(
      'Transfer-Encoding: chunked',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding:\x0bchunked',
      'Transfer-Encoding: gzip, chunked',
    ),
    fc.constantFrom(
      'Host: evil.example',
      'Host: localhost',
      'Origin: null',
      ' folded: 1',
      'X: a\r\n b',
      'X\0: 1',
      'Connection: close',
    ),
    fc.constantFrom(
      'Expect: 100-continue',
      'Upgrade: h2c',
      'Connection: upgrade',
      'Connection: content-length',
      'Trailer: X',
    ),
    bytes,
  ),
)
const framed = fc.oneof(
  fc.constant({ lines: [] as string[], body: '' }),
  fc.string({ maxLength: 8 }).map((text) => ({
    lines: [`Content-Length: ${Buffer.byteLength(text)}`],
    body: Buffer.from(text).toString('latin1'),
  })),
  fc
    .constantFrom(
      '3\r\nabc\r\n0\r\n\r\n',
      '3;x=y\r\nabc\r\n0\r\n\r\n',
      '0\r\n\r\n',
      '3\r\nabc\r\n0\r\nX: 1\r\n\r\n',
    )
    .map((body) => ({ lines: ['Transfer-Encoding: chunked'], body })),
  fc
    .constantFrom(
      '3\nabc\r\n0\r\n\r\n',
      'g\r\n',
      '-1\r\n',
      '3\r\nabcd\r\n0\r\n\r\n',
      'ffffffffffffffffff\r\n',
    )
    .map((body) => ({ lines: ['Transfer-Encoding: chunked'], body })),
)

const one = fc.record({
  method,
  path,
  version,
  end,
  framed,
  host: often(fc.constant('Host: localhost'), fc.constantFrom('Host: evil.example', 'Host:', 'X-No: host')),
  headers: fc.array(fc.tuple(header, end), { maxLength: 3 }),
  noise: often(fc.constant(''), bytes),
})

/** Every target carries the number of its run: what arrives late is still held against the right bytes. */
function write(
  run: number,
  request: typeof one extends fc.Arbitrary<infer Request> ? Request : never,
): string {
  const {
    framed: { lines, body },
    headers,
  } = request
  const head = [
    `${request.method} /r${run}-${request.path} ${request.version}${request.end}`,
    `${request.host}\r\n`,
  ]
  for (const line of lines) head.push(`${line}\r\n`)
  for (const [line, lineEnd] of headers) head.push(line, lineEnd)
  return `${head.join('')}\r\n${body}${request.noise}`
}

test('whatever bytes an app sends, nothing reaches the bank but the plain requests in them', async (t) => {
  const listener = await startRawListener(t)
  const { bank } = listener
  const sent: PlainRequest[][] = []
  const property = fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 3 }), async (requests) => {
    const text = requests.map((request) => write(sent.length, request)).join('')
    sent.push(plainRequests(text))
    const app = await listener.connect()
    app.write(text)
    app.end()
    await until(() => app.socket.readableEnded || app.socket.destroyed, { what: 'the listener closes' })
    judge(bank.api.requests.splice(0), sent)
  })
  await t.resolves(fc.assert(property, runs))
  judge(bank.api.requests.splice(0), sent)
  t.ok(
    sent.some((plain) => plain.length > 0),
    'some of it was plain',
  )
})

interface Seen {
  readonly method: string
  readonly url: string
  readonly body: Buffer
  readonly complete: boolean
}

function judge(seen: readonly Seen[], sent: PlainRequest[][]): void {
  for (const { method, url, body, complete } of seen) {
    const plain = sent[Number(/^\/r(\d+)-/.exec(url)?.[1])] ?? []
    const at = plain.findIndex(
      (one) =>
        one.method === method && one.target === url && (!complete || one.body === body.toString('latin1')),
    )
    if (at === -1) throw new Error(`the bank got ${method} ${url} ${JSON.stringify(body.toString('latin1'))}`)
    // Each once; those of a pipeline may overtake one another on their way.
    plain.splice(at, 1)
  }
}
