import { test } from 'tap'
import { serve } from '../../src/cli/run.ts'
import { createLogger } from '../../src/logging.ts'
import type { Sidecar } from '../../src/sidecar.ts'
import { fakeProcess } from './fake-process.ts'

function rig() {
  const told: string[] = []
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const { log } = createLogger({ level: 'info', format: 'json', destination })
  let end: () => void = () => undefined
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const tell = (what: string, outcome = ended) => {
    told.push(what)
    return outcome
  }
  const sidecar: Sidecar = {
    addresses: { admin: 'a', apps: new Map() },
    reload: () => void tell('reload'),
    stop: () => tell('stop'),
    kill: () => tell('kill'),
  }
  return { ...fakeProcess([]), told, lines, log, end: () => end(), sidecar }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} stops it, and the same again ends it at once`, async (t) => {
    const { process, told, log, end, sidecar, signal: send } = rig()
    let started = false
    const served = serve({
      process,
      log,
      start: async () => sidecar,
      started: () => {
        started = true
        send(signal)
        send(signal)
        end()
      },
    })
    await served
    t.ok(started)
    t.same(told, ['stop', 'kill'])
  })
}

test('a signal that comes while it starts is not forgotten', async (t) => {
  const { process, told, log, end, sidecar, signal: send } = rig()
  const start = async () => {
    send('SIGHUP')
    send('SIGUSR1')
    send('SIGTERM')
    end()
    return sidecar
  }
  await serve({ process, log, start })
  t.same(told, ['stop'], 'what starts reads its files anyway')
})

test('two signals while it starts end it at once', async (t) => {
  const { process, told, log, end, sidecar, signal: send } = rig()
  const start = async () => {
    send('SIGTERM')
    send('SIGINT')
    end()
    return sidecar
  }
  await serve({ process, log, start })
  t.same(told, ['kill'])
})

test('two signals end a start that does not come to its end', { timeout: 5_000 }, async (t) => {
  const { process, told, log, signal: send } = rig()
  const start = () => {
    send('SIGTERM')
    send('SIGTERM')
    return new Promise<Sidecar>(() => undefined)
  }
  await serve({ process, log, start })
  t.same(told, [])
})

test('SIGHUP does nothing, and says nothing, while it stops', async (t) => {
  const { process, told, lines, log, end, sidecar, signal: send } = rig()
  const started = () => {
    send('SIGTERM')
    send('SIGHUP')
    end()
  }
  await serve({ process, log, start: async () => sidecar, started })
  t.same(told, ['stop'])
  t.same(lines, [])
})

test('SIGHUP looks at the files, and says so', async (t) => {
  const { process, told, lines, log, end, sidecar, signal: send } = rig()
  const started = () => {
    send('SIGHUP')
    send('SIGTERM')
    end()
  }
  await serve({ process, log, start: async () => sidecar, started })
  t.same(told, ['reload', 'stop'])
  t.match(JSON.parse(String(lines[0])), { level: 'info', event: 'reload' })
})

test('what goes wrong at the start or at the end is not swallowed', async (t) => {
  const { process, log, sidecar, signal: send } = rig()
  const start = async () => Promise.reject(new Error('cannot listen'))
  await t.rejects(serve({ process, log, start }), { message: 'cannot listen' })
  const broken = { ...sidecar, stop: async () => Promise.reject(new Error('cannot stop')) }
  const started = () => send('SIGTERM')
  await t.rejects(serve({ process, log, start: async () => broken, started }), { message: 'cannot stop' })
})
