import t, { test } from 'tap'
import { startRawSidecar } from '../support/raw-sidecar.ts'
import { until } from '../support/until.ts'

const sidecar = await startRawSidecar(t)

const head = 'POST /payment HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: localhost\r\n\r\n'

const broken: Record<string, string> = {
  'a size beyond 64 bits': 'FFFFFFFFFFFFFFFFF\r\nhello\r\n0\r\n\r\n',
  'a size that wraps round to another': '10000000000000005\r\nhello\r\n0\r\n\r\n',
  'a negative size': '-5\r\nhello\r\n0\r\n\r\n',
  'a size with a sign': '+5\r\nhello\r\n0\r\n\r\n',
  'a size with a prefix': '0x5\r\nhello\r\n0\r\n\r\n',
  'no size': '\r\nhello\r\n0\r\n\r\n',
  'a size that is no number': 'five\r\nhello\r\n0\r\n\r\n',
  'a space before its size': ' 5\r\nhello\r\n0\r\n\r\n',
  'a space behind its size': '5 \r\nhello\r\n0\r\n\r\n',
  'a bare line feed behind its size': '5\nhello\r\n0\r\n\r\n',
  'a bare line feed in its extension': '5;a\nb\r\nhello\r\n0\r\n\r\n',
  'a NUL in its extension': '5;a=\0\r\nhello\r\n0\r\n\r\n',
  'an extension without a name': '5;\r\nhello\r\n0\r\n\r\n',
  'more data than its size': `5\r\nhello${smuggled}`,
  'a bare line feed behind its data': '5\r\nhello\n0\r\n\r\n',
  'a bare line feed at the end of all': '5\r\nhello\r\n0\r\n\n',
  'a folded trailer': '5\r\nhello\r\n0\r\nA: b\r\n c\r\n\r\n',
  'a length among the trailers': '5\r\nhello\r\n0\r\nContent-Length: 5\r\n\r\n',
  'a coding among the trailers': '5\r\nhello\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n',
}

for (const [what, chunks] of Object.entries(broken)) {
  test(`a chunk with ${what} breaks the request off, and nothing that follows it is one`, async (t) => {
    for (const sent of [false, true]) {
      const app = await sidecar.connect()
      app.write(head)
      if (sent) {
        app.write('3\r\nabc\r\n')
        await until(() => sidecar.bank.api.requests.at(-1)?.url === '/payment')
      }
      app.write(chunks + smuggled)
      const answers = await app.closed()
      t.equal(answers.length, 1)
      t.match(answers[0], { status: 400, headers: { connection: 'close' } })
      const { code, requestSent } = answers[0]?.problem ?? {}
      t.equal(code, 'invalid_request')
      const seen = await sidecar.seen()
      const begun = seen.filter((one) => /^POST \/payment (?:abc)?(?:hello)? ?\(broken off\)$/.test(one))
      t.same(
        seen,
        requestSent === 'no' ? [] : begun,
        'nothing whole, and nothing at all when the app was told so',
      )
      t.ok(!sent || requestSent === 'maybe')
    }
  })
}

test('endless chunk extensions are refused', async (t) => {
  const app = await sidecar.connect()
  app.write(`${head}5;${'x'.repeat(20_000)}`)
  const [answer] = await app.closed()
  t.match(answer, { status: 400, problem: { code: 'invalid_request' } })
  t.notOk((await sidecar.seen()).some((one) => !one.endsWith('(broken off)')))
})

test('trailers are read, and reach neither the bank nor our own checks', async (t) => {
  const app = await sidecar.connect()
  app.write(
    `${head}5\r\nhello\r\n0\r\nOrigin: https://evil\r\nHost: evil\r\nAuthorization: Basic YQ==\r\n\r\n`,
  )
  t.equal((await app.answer()).status, 200)
  t.same(await sidecar.seen(), ['POST /payment hello'])
  const { rawHeaders, token } = sidecar.bank.api.requests.at(-2) ?? {}
  t.notMatch(rawHeaders?.join('\n'), /evil|Basic/)
  t.type(token, 'string')
})
