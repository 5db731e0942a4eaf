import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import type { Dispatcher } from 'undici'
import { SidecarError } from '../../src/errors.ts'
import { answerProblem } from '../../src/proxy/answer.ts'
import { openExchange } from '../../src/proxy/exchange.ts'
import { readRequestHead } from '../../src/proxy/request-headers.ts'
import { startRawListener } from '../support/raw-listener.ts'

const get = 'GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n'

test('a fault of ours before anything is sent says so, and nothing of its reason', async (t) => {
  const listener = await startRawListener(t, {
    session: () => {
      throw new Error('secret reason')
    },
  })
  const app = await listener.connect()
  app.write(get)
  t.match(await app.answer(), { status: 500, problem: { code: 'internal_error', requestSent: 'no' } })
  t.notMatch(app.received(), 'secret')
})

test('a fault of ours once something may have been sent says maybe', async (t) => {
  const token = { authorization: 'Bearer token' }
  const dispatcher = {
    dispatch(_options: unknown, handler: Dispatcher.DispatchHandler): boolean {
      handler.onRequestStart?.({} as Dispatcher.DispatchController, {})
      throw new Error('broke')
    },
  }
  const tokens = {
    peek: () => token,
    get: async () => token,
    holds: () => true,
    replacement: async () => token,
  }
  const listener = await startRawListener(t, { session: () => ({ dispatcher, tokens }) })
  const app = await listener.connect()
  app.write(get)
  t.match(await app.answer(), { status: 500, problem: { code: 'internal_error', requestSent: 'maybe' } })
})

test('an error after an answer has begun breaks it off', async (t) => {
  const server = createServer((request, response) => {
    const head = readRequestHead(request.rawHeaders)
    response.writeHead(200, { 'content-length': '10' }).write('half', () => {
      const exchange = openExchange({
        request,
        response,
        head,
        requestId: 'r',
        draining: () => false,
        startedAt: 0,
        behind: undefined,
      })
      answerProblem(exchange, new SidecarError('internal_error', 'too late'), 'test')
    })
  })
  t.teardown(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const answer = await fetch(`http://127.0.0.1:${port}`)
  t.equal(answer.status, 200)
  await t.rejects(answer.text())
})
