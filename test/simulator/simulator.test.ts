import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { test } from 'tap'
import { ask, identity, sharedDir, start, startWithClient, text } from './bank-client.ts'

test('after a restart clients go on with the files that they have, tokens aside', async (t) => {
  const dir = sharedDir
  const before = await startWithClient(t, dir)
  const authorization = `Bearer ${(await before.login()).json.access_token}`
  const files = () => readdirSync(dir).map((name) => [name, text(dir, name)])
  const left = files()
  const port = (url: string) => Number(new URL(url).port)
  const { baseUrl, authorizationUrl } = before.simulator
  await before.simulator.stop()
  await before.simulator.stop()
  const listen = { host: '127.0.0.1', port: port(baseUrl) }
  await start(t, dir, { listen, authorizationListen: { ...listen, port: port(authorizationUrl) } })
  t.strictSame(files(), left)
  t.equal((await before.call('/api/v1/accounts', { headers: { authorization } })).status, 401)
  t.equal((await before.login()).status, 200)
})

test('it listens on loopback only, unless remote is allowed', async (t) => {
  const remote = { host: '0.0.0.0', port: 0 }
  await t.rejects(start(t, sharedDir, { listen: remote }), /0\.0\.0\.0 is not a loopback .* --allow-remote/)
  await t.rejects(start(t, sharedDir, { authorizationListen: remote }), /not a loopback/)
  const { baseUrl } = await start(t, sharedDir, {
    listen: remote,
    allowRemote: true,
    hostnames: ['bank.example'],
  })
  t.match(baseUrl, /^https:\/\/bank\.example:\d+$/)
  const local = baseUrl.replace('bank.example', '127.0.0.1')
  t.equal(await ask(local, { ...identity(sharedDir), servername: 'bank.example' }), 401)
})

test('localhost will do as an address', async (t) => {
  const { baseUrl } = await start(t, sharedDir, { listen: { host: 'localhost', port: 0 } })
  t.match(baseUrl, /^https:\/\/localhost:\d+$/)
  t.equal(await ask(baseUrl, identity(sharedDir)), 401)
})

test('an address that cannot be listened on is named, and nothing stays open', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1')
  t.teardown(() => taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as { port: number }
  const authorizationListen = { host: '127.0.0.1', port }
  await t.rejects(start(t, sharedDir, { authorizationListen }), {
    message: `cannot listen on 127.0.0.1:${port}: the port is in use`,
  })
  const nowhere = { host: '192.0.2.1', port: 0 }
  await t.rejects(
    start(t, sharedDir, { listen: nowhere, allowRemote: true }),
    /cannot listen on 192\.0\.2\.1:0: .*EADDRNOTAVAIL/,
  )
})

test('a directory that cannot be one is named', async (t) => {
  const dir = t.testdir()
  writeFileSync(join(dir, 'file'), '')
  await t.rejects(start(t, join(dir, 'file')), /cannot keep credentials in .*file: EEXIST/)
})

test('each request is logged by its route, without secrets', async (t) => {
  const lines: unknown[] = []
  const log = { info: (fields: object, sentence: string) => void lines.push({ ...fields, sentence }) }
  const { call } = await startWithClient(t, sharedDir, { log })
  await call('/api/v1/accounts/secret-number?secret=1')
  await call('/nowhere/secret')
  const line = { event: 'request', method: 'GET', sentence: 'request answered' }
  t.match(lines, [
    { ...line, listener: 'authorization', route: '/api/v1/authorizations/authorize', status: 200 },
    { ...line, listener: 'api', route: '/api/v1/accounts/:accountId', status: 404 },
    { ...line, listener: 'api', route: undefined, status: 404 },
  ])
  t.notMatch(JSON.stringify(lines), /secret/)
})
