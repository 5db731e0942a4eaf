import { connect, type Socket } from 'node:net'
import type { Test } from 'tap'
import { type RawAnswer, readAnswers } from './raw-answer.ts'
import { until } from './until.ts'

/** An app that says whatever bytes it likes, on one connection. */
export interface RawApp {
  readonly socket: Socket
  /** As Latin-1: one character, one byte. Lines must bring their own CRLF. */
  write(bytes: string): void
  /** Says that nothing more will come (FIN), and goes on reading. */
  end(): void
  /** Everything received so far, as Latin-1. */
  received(): string
  /** The first `count` complete answers. */
  answers(count: number): Promise<RawAnswer[]>
  /** The one complete answer that comes first. */
  answer(): Promise<RawAnswer>
  /** Until the other side has closed: everything that it answered. */
  closed(): Promise<RawAnswer[]>
}

/** Connects to a listener on 127.0.0.1. `methods` tells which requests are HEAD, whose answers have no body. */
export async function connectRaw(t: Test, port: number, methods: readonly string[] = []): Promise<RawApp> {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  let over = false
  socket.setEncoding('latin1')
  socket
    .on('data', (piece: string) => {
      text += piece
    })
    .on('error', () => {})
    .on('end', () => {
      over = true
      socket.end()
    })
    .on('close', () => {
      over = true
    })
  t.teardown(() => socket.destroy())
  await until(() => !socket.connecting)

  const app: RawApp = {
    socket,
    write: (bytes) => void socket.write(bytes, 'latin1'),
    end: () => void socket.end(),
    received: () => text,
    async answers(count) {
      await until(() => readAnswers(text, methods, over).length >= count || over, {
        what: `${count} answers`,
      })
      return readAnswers(text, methods, over).slice(0, count)
    },
    async answer() {
      const [first] = await app.answers(1)
      if (first === undefined) throw new Error(`no answer but ${JSON.stringify(text)}`)
      return first
    },
    async closed() {
      await until(() => over, { what: 'the listener closes the connection' })
      return readAnswers(text, methods, true)
    },
  }
  return app
}
