import { Socket } from 'node:net'
import { test } from 'tap'
import { answerBroken } from '../../src/admin/broken-request.ts'
import { openAdmin } from './admin-server.ts'

test('a socket that takes no more answer is let go', (t) => {
  const socket = new Socket().end()
  answerBroken(new Error('reset'), socket)
  t.ok(socket.destroyed)
  t.end()
})

test('a request that never comes to its end is answered 408', async (t) => {
  const { app, say } = await openAdmin(t)
  const error = Object.assign(new Error('slow'), { code: 'ERR_HTTP_REQUEST_TIMEOUT' })
  app.server.once('connection', (socket) => app.server.emit('clientError', error, socket))
  t.match(await say('GET / HTTP/1.1\r\n'), /^HTTP\/1\.1 408 [\s\S]*"code":"request_timeout"/)
})
