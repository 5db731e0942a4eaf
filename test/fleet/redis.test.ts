import { type Test, test } from 'tap'
import { redisStore } from '../../src/fleet/redis.ts'
import type { Store } from '../../src/fleet/store.ts'
import { Secret } from '../../src/secret.ts'
import { until } from '../support/until.ts'
import { startRespServer } from './resp-server.ts'

const names = { token: 'bc-sidecar:token:{x}', pace: 'bc-sidecar:pace:{x}' }

async function open(t: Test, url: string, onLost: (error: unknown) => void = () => {}): Promise<Store> {
  const connect = await redisStore(new Secret(url))
  const store = await connect({ signal: new AbortController().signal, onLost })
  t.teardown(() => {
    try {
      store.close()
    } catch {
      // Lost already.
    }
  })
  return store
}

test('values are written only where nobody else has written meanwhile', async (t) => {
  const { url, commands } = await startRespServer(t)
  const store = await open(t, url)
  t.match(await store.look(names), { token: '', pace: '', atMs: Number })
  const first = { expectedPace: '', pace: 'one', paceLifeMs: 60_000, token: { text: 'T', lifeMs: 60_000 } }
  t.match(await store.write(names, first), { done: true, token: 'T', pace: 'one' })
  t.match(await store.write(names, { ...first, pace: 'two' }), { done: false, token: 'T', pace: 'one' })
  const next = { expectedPace: 'one', pace: 'two', paceLifeMs: 60_000 }
  t.match(await store.write(names, next), { done: true, token: 'T', pace: 'two' })
  await store.drop(names, 'another')
  t.match(await store.look(names), { token: 'T' })
  await store.drop(names, 'T')
  t.match(await store.look(names), { token: '', pace: 'two' })
  await store.probe()
  const scripts = commands.filter(([name]) => name === 'EVAL')
  t.equal(scripts.length, 3, 'each script is sent once')
})

test('user, password and database of the URL are given to Redis', async (t) => {
  const { url, commands } = await startRespServer(t)
  await open(t, `${url.replace('//', '//zo%C3%AB:p%40ss@')}/7`)
  t.strictSame(
    commands.map((words) => words.map((word) => Buffer.from(word, 'latin1').toString())),
    [
      ['AUTH', 'zoë', 'p@ss'],
      ['SELECT', '7'],
    ],
  )
})

test('an answer that no script gives is a failure', async (t) => {
  const server = await startRespServer(t)
  const store = await open(t, server.url)
  for (const answer of ['+OK\r\n', '*2\r\n$0\r\n\r\n$0\r\n\r\n', '-OOM command not allowed\r\n']) {
    server.answer = answer
    await t.rejects(store.look(names))
    await t.rejects(store.write(names, { expectedPace: '', pace: '', paceLifeMs: 1 }))
  }
})

test('a connection that is lost is told; one that cannot be made is a rejection', async (t) => {
  const server = await startRespServer(t)
  const lost: unknown[] = []
  await open(t, server.url, (error) => void lost.push(error))
  await server.close()
  await until(() => lost.length > 0)
  await t.rejects(open(t, server.url), { code: 'ECONNREFUSED' })
  await t.rejects(open(t, server.url.replace('127.0.0.1', '[::1]')))
  await t.rejects(open(t, 'redis://nobody.invalid'))
})

test('a server that speaks no TLS is not spoken to without', async (t) => {
  const { url, commands } = await startRespServer(t)
  for (const host of ['127.0.0.1', 'localhost'])
    await t.rejects(open(t, url.replace('redis:', 'rediss:').replace('127.0.0.1', host)))
  t.strictSame(commands, [])
})

test('what is given up is closed', async (t) => {
  const server = await startRespServer(t)
  server.answer = ''
  const giveUp = new AbortController()
  const connect = await redisStore(new Secret(server.url.replace('//', '//:password@')))
  const opening = connect({ signal: giveUp.signal, onLost: () => {} })
  await until(() => server.commands.length === 1)
  giveUp.abort()
  await t.rejects(opening)
  await t.rejects(connect({ signal: giveUp.signal, onLost: () => {} }))
})
