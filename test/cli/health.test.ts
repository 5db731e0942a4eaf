import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Test, test } from 'tap'
import { health } from '../../src/cli/health.ts'
import { socketDirectory } from '../support/program.ts'
import { fakeProcess } from './fake-process.ts'

async function listen(t: Test, answer: RequestListener, at: object = { port: 0, host: '127.0.0.1' }) {
  const server = createServer(answer).listen(at)
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  await new Promise((resolve) => server.once('listening', resolve))
  return server
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

async function ask(address: string, waitSeconds = 0) {
  const { process, stdout, stderr } = fakeProcess([], { BC_ADMIN_LISTEN: address, BC_PASSWORD: 'secret' })
  const status = await health(process, { config: undefined, waitSeconds })
  return { status, said: stdout() + stderr(), env: process.env }
}

const ready: RequestListener = ({ url, headers }, response) => {
  response.statusCode = url === '/readyz' && headers.host === 'localhost' ? 200 : 400
  response.end('{"ok":true,"reasons":[]}')
}

test('a sidecar that is ready: 0, and nothing is said', async (t) => {
  const port = portOf(await listen(t, ready))
  t.match(await ask(`127.0.0.1:${port}`), { status: 0, said: '' })
  t.match(await ask(`localhost:${port}`), { status: 0, said: '' })
})

test('an address that stands for all is reached through loopback', async (t) => {
  const port = portOf(await listen(t, ready))
  const { process } = fakeProcess([], { BC_ADMIN_LISTEN: `0.0.0.0:${port}`, BC_ADMIN_ALLOW_REMOTE: 'true' })
  t.equal(await health(process, { config: undefined, waitSeconds: 0 }), 0)
})

test('a unix socket is asked too', async (t) => {
  const path = join(socketDirectory(t), 'admin.sock')
  await listen(t, ready, { path })
  t.match(await ask(`unix:${path}`), { status: 0, said: '' })
})

test('the address may come from a file', async (t) => {
  const port = portOf(await listen(t, ready))
  const config = join(
    t.testdir({ 'sidecar.yaml': `adminListen: 127.0.0.1:${port}\nenvironments: { sandbox: {} }\n` }),
    'sidecar.yaml',
  )
  const { process } = fakeProcess([])
  t.equal(await health(process, { config, waitSeconds: 0 }), 0)
})

test('a sidecar that is not ready: 1, and every reason', async (t) => {
  const body = JSON.stringify({ ok: false, reasons: ['test: no certificate', 'draining'] })
  const server = await listen(t, (_request, response) => response.writeHead(503).end(body))
  const { status, said } = await ask(`127.0.0.1:${portOf(server)}`)
  t.equal(status, 1)
  t.equal(said, 'not ready: test: no certificate; draining\n')
})

test('something else that listens there is told from a sidecar', async (t) => {
  const server = await listen(t, (_request, response) => response.writeHead(404).end('<html>'))
  const { status, said } = await ask(`127.0.0.1:${portOf(server)}`)
  t.equal(status, 1)
  t.equal(said, 'not ready: what listens on the admin address is no sidecar\n')
})

test('nobody listening is said with the address', async (t) => {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const port = portOf(server)
  await new Promise((resolve) => server.close(resolve))
  for (const host of ['127.0.0.1', 'localhost']) {
    const { status, said } = await ask(`${host}:${port}`)
    t.equal(status, 1)
    t.equal(said, `not ready: nobody answers on ${host}:${port}, the admin listener: ECONNREFUSED\n`)
  }
})

test('an answer that breaks off is no answer', async (t) => {
  const server = await listen(t, (_request, response) => {
    response.writeHead(200, { 'content-length': '100' })
    response.write('{', () => response.destroy())
  })
  const { status, said } = await ask(`127.0.0.1:${portOf(server)}`)
  t.equal(status, 1)
  t.match(said, 'ECONNRESET')
})

test('a listener that says nothing is given up', async (t) => {
  const server = await listen(t, () => undefined)
  const { status, said } = await ask(`127.0.0.1:${portOf(server)}`)
  t.equal(status, 1)
  t.match(said, 'no answer within 2000 ms')
})

test('it waits as long as it is told, until the sidecar is ready', async (t) => {
  let asked = 0
  const server = await listen(t, (request, response) => {
    asked += 1
    if (asked === 3) ready(request, response)
    else response.writeHead(503).end('{"reasons":["not yet"]}')
  })
  const { status, said, env } = await ask(`127.0.0.1:${portOf(server)}`, 30)
  t.equal(status, 0)
  t.equal(said, '')
  t.equal(asked, 3)
  t.equal(env['BC_PASSWORD'], 'secret', 'what belongs to a sidecar of the same environment stays')
})

test('it waits no longer than it is told', async (t) => {
  const server = await listen(t, (_request, response) =>
    response.writeHead(503).end('{"reasons":["not yet"]}'),
  )
  const { status, said } = await ask(`127.0.0.1:${portOf(server)}`, 1)
  t.equal(status, 1)
  t.equal(said, 'not ready: not yet\n')
})
