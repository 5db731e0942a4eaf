import { type Test, test } from 'tap'
import { bankFailure } from '../../src/bank/failure.ts'
import { until } from '../support/until.ts'
import { call, pair } from './harness.ts'

const ok = 'HTTP/1.1 200 OK\r\n'
const chunked = `${ok}transfer-encoding: chunked\r\n\r\n`

/** Answers that are no HTTP, or no answer to what was asked. */
const nonsense: Record<string, string> = {
  'another protocol': 'SSH-2.0-OpenSSH_9.2p1\r\n',
  'an HTTP/2 frame': '\x00\x00\x12\x04\x00\x00\x00\x00\x00',
  'an unknown HTTP version': 'HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\nok',
  'a status that is no number': 'HTTP/1.1 2OO OK\r\ncontent-length: 2\r\n\r\nok',
  'a status of two digits': 'HTTP/1.1 20 OK\r\ncontent-length: 2\r\n\r\nok',
  'bare line feeds': 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok',
  'a header without a colon': `${ok}content-length 2\r\n\r\nok`,
  'a space before the colon': `${ok}content-length : 2\r\n\r\nok`,
  'a NUL in a header': `${ok}x-bad: a\0b\r\ncontent-length: 2\r\n\r\nok`,
  'a folded header': `${ok}x-bad: a\r\n b\r\ncontent-length: 2\r\n\r\nok`,
  'a carriage return in a header': `${ok}x-bad: a\rb\r\ncontent-length: 2\r\n\r\nok`,
  'two content-lengths': `${ok}content-length: 2\r\ncontent-length: 4\r\n\r\nokok`,
  'content-length beside transfer-encoding': `${ok}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  'a negative content-length': `${ok}content-length: -2\r\n\r\nok`,
  'a content-length in hexadecimal': `${ok}content-length: 0x2\r\n\r\nok`,
  'a content-length beyond all bounds': `${ok}content-length: 99999999999999999999999\r\n\r\nok`,
  'a head larger than allowed': `${ok}x-big: ${'x'.repeat(70_000)}\r\ncontent-length: 2\r\n\r\nok`,
  'too many headers': `${ok}${'x-many: 1\r\n'.repeat(12_000)}content-length: 2\r\n\r\nok`,
  'an upgrade': 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n',
  'a chunk size that is no number': `${chunked}zz\r\nok\r\n0\r\n\r\n`,
  'a chunk size beyond all bounds': `${chunked}fffffffffffffffff\r\nok\r\n0\r\n\r\n`,
  'a chunk longer than its size': `${chunked}2\r\noksome\r\n0\r\n\r\n`,
  'trailers larger than allowed': `${chunked}2\r\nok\r\n0\r\nx-big: ${'x'.repeat(70_000)}\r\n\r\n`,
}

for (const [name, answer] of Object.entries(nonsense)) {
  test(`${name} from the bank is a protocol error, never an answer`, async (t: Test) => {
    const { bank, dispatcher, origin } = await pair(t, { responseTimeoutMs: 2_000 })
    const usual = bank.api.handler
    bank.api.handler = ({ socket }) => void socket.write(Buffer.from(answer, 'latin1'))
    const { complete, error, starts } = await call(dispatcher, {
      origin,
      method: 'POST',
      body: Buffer.from('x'),
    })
    t.equal(complete, false)
    t.equal(starts, 1)
    t.match(bankFailure(error, true), { code: 'bank_protocol_error', requestSent: 'maybe' })
    await until(() => bank.api.openCount() === 0)

    bank.api.handler = usual
    t.match(await call(dispatcher, { origin }), { status: 200, complete: true })
    t.equal(bank.api.requests.length, 2)
  })
}

test('the log gets no bytes of an answer that could not be read', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t)
  bank.api.handler = ({ socket }) => void socket.write(`${ok}DE89370400440532013000\r\n\r\n`)
  const failure = bankFailure((await call(dispatcher, { origin })).error, true)
  t.match(failure.cause, { name: 'HTTPParserError' })
  t.notMatch(JSON.stringify({ ...(failure.cause as object) }), 'DE8937')
})

const second = 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison'

for (const [name, poison] of Object.entries({
  'a second answer': second,
  'half a second answer': second.slice(0, 25),
  'stray bytes': 'x',
  'stray line breaks and an answer': `\r\n\r\n${second}`,
})) {
  test(`${name} behind an answer is never the next request's answer`, async (t: Test) => {
    const { bank, dispatcher, origin } = await pair(t, { maxConnections: 1 })
    bank.api.handler = ({ seen, socket }) => {
      socket.write(`${ok}content-length: ${seen.url.length}\r\n\r\n${seen.url}${poison}`)
    }
    const paths = ['/a', '/b', '/c', '/d', '/e']
    const outcomes = await Promise.all(paths.map((path) => call(dispatcher, { origin, path })))
    t.strictSame(
      outcomes.map(({ body }) => body),
      paths,
    )
    t.equal(bank.api.requests.length, paths.length)
  })

  test(`${name} on an idle connection closes it`, async (t: Test) => {
    const { bank, dispatcher, origin } = await pair(t)
    await call(dispatcher, { origin })
    bank.api.connections[0]?.socket.write(poison)
    await until(() => bank.api.openCount() === 0)
    t.match(await call(dispatcher, { origin, method: 'POST', body: Buffer.from('x') }), { status: 200 })
    t.equal(bank.api.connections.length, 2)
  })
}

test('an answer larger than announced is cut, and its rest is nobody’s answer', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t)
  bank.api.handler = ({ socket }) => void socket.write(`${ok}content-length: 2\r\n\r\nok${second}`)
  t.match(await call(dispatcher, { origin }), { body: 'ok' })
  t.match(await call(dispatcher, { origin }), { body: 'ok' })
  t.equal(bank.api.connections.length, 2)
})
