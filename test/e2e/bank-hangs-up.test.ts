import { test } from 'tap'
import { answerAfter } from '../support/answer-with.ts'
import { respond } from '../support/bank.ts'
import { startRawListener } from '../support/raw-listener.ts'
import { startRawSidecar } from '../support/raw-sidecar.ts'
import { until } from '../support/until.ts'

const host = 'Host: localhost\r\n'
const get = (path: string): string => `GET ${path} HTTP/1.1\r\n${host}\r\n`

test('a bank that hangs up behind a 401 is asked again with a new token', async (t) => {
  const sidecar = await startRawSidecar(t)
  const { api, authorization, issued } = sidecar.bank
  const [old] = issued
  let closed = false
  api.onHead = ({ seen, socket }) => {
    if (seen.token !== old?.token) return false
    socket.on('close', () => {
      closed = true
    })
    socket.end('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    return true
  }
  answerAfter(authorization, () => until(() => closed))
  const app = await sidecar.connect()
  app.write(get('/a'))
  t.equal((await app.answer()).status, 200)
  t.equal(api.requests.length, 2)
})

test('a bank that hangs up while the app is behind with its answer harms nobody', async (t) => {
  const listener = await startRawListener(t)
  const held: (() => void)[] = []
  listener.bank.api.handler = ({ response }) => void held.push(() => respond(response, 200, 'first'))
  let end = (): void => undefined
  listener.bank.api.onHead = ({ seen, socket }) => {
    if (seen.url !== '/last') return false
    socket.write(`HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 30010\r\n\r\n${'x'.repeat(30_000)}`)
    end = () => socket.end('x'.repeat(10))
    return true
  }
  const app = await listener.connect()
  app.write(get('/first') + get('/last'))
  await until(() => held.length === 1 && listener.bank.api.requests.length === 2)
  const look = async (): Promise<void> => {
    const other = await listener.connect()
    other.write(`GET /page HTTP/1.1\r\n${host}Origin: null\r\n\r\n`)
    t.equal((await other.answer()).status, 403)
  }
  // What the bank has written by then has been read.
  await look()
  end()
  await look()
  held[0]?.()
  const [, last] = await app.answers(2)
  t.equal(last?.body.length, 30_010)
})

test('an app that was behind with one answer is not cut off while it waits for the next', async (t) => {
  const listener = await startRawListener(t, { stallMs: 100 })
  listener.bank.api.handler = async ({ seen, response }) => {
    if (seen.url === '/pay') await new Promise((resolve) => setTimeout(resolve, 400))
    respond(response, 200, seen.url === '/pay' ? 'paid' : 'x'.repeat(300_000))
  }
  const app = await listener.connect()
  app.write(`${get('/large')}POST /pay HTTP/1.1\r\n${host}Content-Length: 2\r\n\r\n{}`)
  const [, paid] = await app.answers(2)
  t.match(paid, { status: 200, body: /paid/ })
})
