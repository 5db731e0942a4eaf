import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { type Test, test } from 'tap'
import { createReplayStore } from '../../src/proxy/replay-store.ts'
import { AppGone, arrivedBody, uploadStream } from '../../src/proxy/upload.ts'
import { until } from '../support/until.ts'

/** An app that has sent `head`, seen from the server's side. */
async function receive(t: Test, bytes: string): Promise<{ request: IncomingMessage; socket: Socket }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  t.teardown(() => {
    socket.destroy()
    server.closeAllConnections()
    server.close()
  })
  socket.on('error', () => undefined).write(bytes)
  const request = await new Promise<IncomingMessage>((resolve) => server.once('request', resolve))
  return { request, socket }
}

function failureOf(stream: Readable): Promise<Error & { code?: string }> {
  return new Promise((resolve) => stream.once('error', resolve).resume())
}

const options = { limitBytes: 100, stallMs: 60_000, onChunk: () => undefined }

test('a body that came with its head is one piece', async (t) => {
  const { request } = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')
  await until(() => request.complete)
  t.equal(arrivedBody(request, 100)?.toString(), 'abc')
})

test('a body is whole once as many bytes are here as were declared, said or not', async (t) => {
  const { request } = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
  t.equal(arrivedBody(request, 100, 3), undefined)
  request.push('abc')
  t.equal(request.complete, false)
  t.equal(arrivedBody(request, 2, 3), undefined)
  t.equal(arrivedBody(request, 100, 3)?.toString(), 'abc')
  t.equal(request.readableFlowing, true, 'its end is read too')
})

test('a chunked body of nothing is an empty piece, and one over the limit is none', async (t) => {
  const empty = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n')
  await until(() => empty.request.complete)
  t.equal(arrivedBody(empty.request, 100)?.length, 0)
  const { request } = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc')
  await until(() => request.complete)
  t.equal(arrivedBody(request, 2), undefined)
})

test('a body that stalls is a request_timeout, and the app’s socket stays open for the answer', async (t) => {
  const { request } = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc')
  const stream = uploadStream(request, { ...options, stallMs: 20 })
  t.equal((await failureOf(stream)).code, 'request_timeout')
  t.equal(request.socket.destroyed, false)
})

test('a body that waits for the bank has not stalled', async (t) => {
  const { request, socket } = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc')
  const stream = uploadStream(request, { ...options, stallMs: 10 })
  let failed = false
  stream.on('error', () => {
    failed = true
  })
  // Nobody reads: several stall times pass, told by the timers themselves.
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 10))
  t.equal(failed, false)
  socket.write('def')
  await until(() => request.complete)
  t.equal(Buffer.concat(await stream.toArray()).toString(), 'abcdef')
})

test('a body over the limit, and an app that hangs up', async (t) => {
  const large = await receive(
    t,
    `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n${'a'.repeat(101)}`,
  )
  t.equal((await failureOf(uploadStream(large.request, options))).code, 'body_too_large')
  const gone = await receive(t, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nabc')
  const failure = failureOf(uploadStream(gone.request, options))
  gone.socket.destroy()
  t.ok((await failure) instanceof AppGone)
})

test('kept bodies stay within their own limit and the common one', (t) => {
  const store = createReplayStore({ limitBytes: 10, totalBytes: 15 })
  const [first, second, third] = [store.keep(), store.keep(), store.keep()]
  first.add(Buffer.from('12345'))
  first.add(Buffer.from('67890'))
  t.equal(first.whole()?.toString(), '1234567890')
  second.add(Buffer.from('123456'))
  t.equal(second.whole(), undefined, 'the common limit')
  third.add(Buffer.from('12345'))
  t.equal(store.heldBytes(), 15)
  first.release()
  first.release()
  t.equal(store.heldBytes(), 5)
  third.add(Buffer.from('1234567'))
  third.add(Buffer.from('1'))
  t.equal(third.whole(), undefined, 'its own limit')
  t.equal(store.heldBytes(), 0)
  t.end()
})
