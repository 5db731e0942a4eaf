import { mock } from 'node:test'
import { test } from 'tap'
import { createWriter } from '../../src/logging/writer.ts'

type Done = (error: Error | null, written: number) => void

/** A file descriptor under the test's hand: writes wait in `calls` until they are answered. */
function fakeFile(behaviour: { writeSync?: (bytes: Buffer) => number } = {}) {
  const calls: { bytes: Buffer; done: Done }[] = []
  const sync: string[] = []
  const dropped: number[] = []
  return {
    calls,
    sync,
    dropped,
    options: {
      fd: 1,
      flushIntervalMs: 1,
      chunkLength: 4,
      limitLength: 10,
      onDropped: (lines: number) => dropped.push(lines),
      write: (_fd: number, bytes: Buffer, done: Done) => calls.push({ bytes, done }),
      writeSync(_fd: number, bytes: Buffer) {
        const written = behaviour.writeSync?.(bytes) ?? bytes.length
        sync.push(String(bytes.subarray(0, written)))
        return written
      },
    },
  }
}

const failure = (code: string): Error => Object.assign(new Error(code), { code })
const nextCall = async (calls: unknown[], count: number): Promise<void> => {
  while (calls.length < count) await new Promise((resolve) => setTimeout(resolve, 1))
}

test('few lines wait for the interval, many go at once', async (t) => {
  const { calls, options } = fakeFile()
  const writer = createWriter(options)
  writer.write('a\n')
  t.equal(calls.length, 0)
  await nextCall(calls, 1)
  t.equal(String(calls[0]?.bytes), 'a\n')
  calls[0]?.done(null, 2)
  writer.write('bcd\n')
  t.equal(String(calls[1]?.bytes), 'bcd\n', 'a full chunk does not wait')
})

test('a line is on its way within a second', (t) => {
  const { calls, options } = fakeFile()
  const { flushIntervalMs: _, ...defaults } = options
  mock.timers.enable({ apis: ['setTimeout'] })
  t.teardown(() => mock.timers.reset())
  createWriter(defaults).write('a\n')
  mock.timers.tick(999)
  t.equal(String(calls[0]?.bytes), 'a\n')
  t.end()
})

test('one write is under way at a time, and the rest of a short one comes first', async (t) => {
  const { calls, options } = fakeFile()
  const writer = createWriter(options)
  writer.write('abcd\n')
  writer.write('ef\n')
  await new Promise((resolve) => setTimeout(resolve, 5))
  t.equal(calls.length, 1)
  calls[0]?.done(null, 3)
  t.equal(String(calls[1]?.bytes), 'd\n')
  calls[1]?.done(null, 2)
  await nextCall(calls, 3)
  t.equal(String(calls[2]?.bytes), 'ef\n')
})

test('a full pipe is tried again, and a flush meanwhile loses nothing', async (t) => {
  const { calls, sync, options } = fakeFile()
  const writer = createWriter(options)
  writer.write('abcd\n')
  calls[0]?.done(failure('EAGAIN'), 0)
  await nextCall(calls, 2)
  t.equal(String(calls[1]?.bytes), 'abcd\n')
  calls[1]?.done(failure('EBUSY'), 0)
  writer.write('ef\n')
  writer.flush()
  t.same(sync, ['abcd\nef\n'])
  await new Promise((resolve) => setTimeout(resolve, 50))
  t.equal(calls.length, 2, 'what was flushed is not written again')
})

test('a flush leaves alone what a thread is writing', (t) => {
  const { calls, sync, options } = fakeFile()
  const writer = createWriter(options)
  writer.write('abcd\n')
  writer.write('ef\n')
  writer.flush()
  t.same(sync, ['ef\n'])
  calls[0]?.done(null, 5)
  t.equal(calls.length, 1)
  t.end()
})

test('any other failure costs its chunk only', async (t) => {
  const { calls, options } = fakeFile()
  const writer = createWriter(options)
  for (const code of ['EPIPE', 'ENOSPC']) {
    writer.write('abcd\n')
    calls.at(-1)?.done(failure(code), 0)
  }
  writer.write('efgh\n')
  t.equal(calls.length, 3)
  t.equal(String(calls[2]?.bytes), 'efgh\n')
})

test('lines beyond the bound are dropped, counted, and told of once there is room', (t) => {
  const { calls, dropped, options } = fakeFile()
  const writer = createWriter(options)
  writer.write('abcd\n')
  for (const line of ['12345678\n', '2\n', '3\n']) writer.write(line)
  t.same(dropped, [])
  calls[0]?.done(null, 5)
  t.same(dropped, [2])
  writer.flush()
  t.end()
})

test('a flush writes on after short writes and full pipes, but not for ever', (t) => {
  let tries = 0
  const answers = [2, 'EAGAIN', 'EBUSY', 1]
  const patient = fakeFile({
    writeSync(bytes) {
      const answer = answers[tries++] ?? bytes.length
      if (typeof answer === 'string') throw failure(answer)
      return answer
    },
  })
  const writer = createWriter({ ...patient.options, chunkLength: 100 })
  writer.write('abcdef\n')
  writer.flush()
  t.equal(patient.sync.join(''), 'abcdef\n')

  for (const code of ['EAGAIN', 'EPIPE']) {
    tries = 0
    const stuck = fakeFile({
      writeSync() {
        tries += 1
        throw failure(code)
      },
    })
    const other = createWriter({ ...stuck.options, chunkLength: 100 })
    other.write('abc\n')
    other.flush()
    t.equal(tries, code === 'EPIPE' ? 1 : 100, code)
  }
  t.end()
})
