import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import fastify, { type FastifyInstance } from 'fastify'
import { type Test, test } from 'tap'
import { addressText, ListenError, listenOn } from '../src/listen.ts'
import { getOverSocket, socketDirectory } from './support/program.ts'

function app(t: Test): FastifyInstance {
  const one = fastify()
  one.get('/', async () => 'here')
  t.teardown(() => one.close())
  return one
}

/** A socket that a killed process leaves behind. */
async function leaveSocket(path: string): Promise<void> {
  const program = `require('node:net').createServer().listen(${JSON.stringify(path)}, () => console.log('up'))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'close')
}

test('the answer tells the port that was chosen', async (t) => {
  const address = await listenOn(app(t), { kind: 'tcp', host: '127.0.0.1', port: 0 })
  t.match(address, /127\.0\.0\.1:\d+$/)
  t.equal((await fetch(address)).status, 200)
})

test('a listener for every address says so', async (t) => {
  t.match(await listenOn(app(t), { kind: 'tcp', host: '0.0.0.0', port: 0 }), /^http:\/\/0\.0\.0\.0:\d+$/)
})

test('a unix socket is for its owner and its group', async (t) => {
  const path = join(socketDirectory(t), 'apps.sock')
  t.equal(await listenOn(app(t), { kind: 'unix', path }), `unix:${path}`)
  t.equal(statSync(path).mode & 0o777, 0o660)
  t.equal(await getOverSocket(path, '/'), 200)
})

test('a unix socket is never open to others, not even before it is ready', async (t) => {
  const path = join(socketDirectory(t), 'apps.sock')
  const before = process.umask(0)
  t.teardown(() => process.umask(before))
  const one = app(t)
  const modes: number[] = []
  one.server.once('listening', () => modes.push(statSync(path).mode & 0o777))
  await listenOn(one, { kind: 'unix', path })
  t.same([...modes, statSync(path).mode & 0o777], [0o660, 0o660])
  t.equal(process.umask(0), 0, 'the mask is as before')
})

test('a socket that a dead process left behind is replaced', async (t) => {
  const path = join(socketDirectory(t), 'apps.sock')
  await leaveSocket(path)
  t.ok(statSync(path).isSocket(), 'it is there')
  await listenOn(app(t), { kind: 'unix', path })
  t.equal(await getOverSocket(path, '/'), 200)
})

test('a socket that somebody listens on is left alone', async (t) => {
  const path = join(socketDirectory(t), 'apps.sock')
  await listenOn(app(t), { kind: 'unix', path })
  await t.rejects(listenOn(app(t), { kind: 'unix', path }), {
    name: 'ListenError',
    message: `another process listens on unix:${path}`,
  })
  t.equal(await getOverSocket(path, '/'), 200)
})

test('what is no socket is left alone', async (t) => {
  const dir = t.testdir({ file: 'precious' })
  mkdirSync(join(dir, 'directory'))
  symlinkSync('file', join(dir, 'link'))
  for (const name of ['file', 'directory', 'link']) {
    const path = join(dir, name)
    const message = `${path} exists and is no socket: remove it, or listen elsewhere`
    await t.rejects(listenOn(app(t), { kind: 'unix', path }), { name: 'ListenError', message })
    t.ok(statSync(path))
  }
})

test('a port that is taken is said in a sentence', async (t) => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await t.rejects(listenOn(app(t), { kind: 'tcp', host: '127.0.0.1', port }), {
    name: 'ListenError',
    message: `cannot listen on 127.0.0.1:${port}: another process listens there: stop it, or choose another address`,
  })
})

test('so is a directory that does not exist, or is none', async (t) => {
  const dir = socketDirectory(t)
  writeFileSync(join(dir, 'file'), '')
  await t.rejects(listenOn(app(t), { kind: 'unix', path: join(dir, 'none', 'apps.sock') }), {
    message: /^cannot listen on unix:.*: its directory does not exist, or this process may not write to it$/,
  })
  await t.rejects(listenOn(app(t), { kind: 'unix', path: join(dir, 'file', 'apps.sock') }), ListenError)
})

test('so is a port that this process may not have, and an address that is not here', async (t) => {
  const failing = (code: string) =>
    ({ listen: () => Promise.reject(Object.assign(new Error(code), { code })) }) as unknown as FastifyInstance
  const reasons: Record<string, RegExp> = {
    EACCES: /80: this process may not listen there: choose a port above 1023$/,
    EADDRNOTAVAIL: /80: this machine has no such address$/,
    ENOTFOUND: /80: that name cannot be resolved$/,
  }
  for (const [code, message] of Object.entries(reasons))
    await t.rejects(listenOn(failing(code), { kind: 'tcp', host: '192.0.2.1', port: 80 }), { message })
})

test('a failure without a known reason keeps its own words', async (t) => {
  const failing = { listen: () => Promise.reject(new Error('the sky fell')) } as unknown as FastifyInstance
  await t.rejects(listenOn(failing, { kind: 'tcp', host: '::1', port: 1 }), {
    message: 'cannot listen on [::1]:1: the sky fell',
  })
})

test('addresses are written as in the configuration', async (t) => {
  t.equal(addressText({ kind: 'tcp', host: '127.0.0.1', port: 8080 }), '127.0.0.1:8080')
  t.equal(addressText({ kind: 'tcp', host: '::', port: 8080 }), '[::]:8080')
  t.equal(addressText({ kind: 'unix', path: '/run/a.sock' }), 'unix:/run/a.sock')
})
