import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'
import { drop, look, write } from '../../src/fleet/scripts.ts'
import { createModelRedis, type ModelRedis } from './model-redis.ts'

export interface RespServer {
  readonly url: string
  readonly redis: ModelRedis
  /** Every command that came. */
  readonly commands: string[][]
  /** What is answered instead, raw. */
  answer: string | undefined
  close(): Promise<void>
}

const wallClock = { wallNow: Date.now, schedule: () => () => {} }

/** As much of Redis's protocol (RESP 2) as the sidecar speaks, on a free port: for machines without a Redis. */
export async function startRespServer(t: Test): Promise<RespServer> {
  const redis = createModelRedis(wallClock)
  const known = new Set<string>()
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    let text = ''
    socket.setEncoding('latin1').on('data', (piece: string) => {
      text += piece
      for (let read = readCommand(text); read !== undefined; read = readCommand(text)) {
        text = text.slice(read.length)
        resp.commands.push(read.words)
        socket.write(resp.answer ?? perform(redis, known, read.words), 'latin1')
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const resp: RespServer = {
    url: `redis://127.0.0.1:${port}`,
    redis,
    commands: [],
    answer: undefined,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  t.teardown(() => resp.close())
  return resp
}

function readCommand(text: string): { words: string[]; length: number } | undefined {
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return undefined
  const words: string[] = []
  let at = head[0].length
  for (let count = Number(head[1]); count > 0; count--) {
    const size = /^\$(\d+)\r\n/.exec(text.slice(at))
    if (size === null) return undefined
    const from = at + size[0].length
    at = from + Number(size[1]) + 2
    if (text.length < at) return undefined
    words.push(text.slice(from, at - 2))
  }
  return { words, length: at }
}

function perform(redis: ModelRedis, known: Set<string>, [command, script = '', , ...rest]: string[]): string {
  const scripts = [look, write, drop].filter(({ sha1, text }) => script === sha1 || script === text)
  if (command === 'EVAL') for (const { sha1 } of scripts) known.add(sha1)
  if (command === 'EVALSHA' && !known.has(script)) return '-NOSCRIPT No matching script.\r\n'
  if (command !== 'EVALSHA' && command !== 'EVAL') return '+OK\r\n'
  if (scripts[0] === drop) {
    const [token = '', expected = ''] = rest
    redis.drop({ token, pace: '' }, expected)
    return ':0\r\n'
  }
  const [token = '', pace = '', expectedPace = '', next = '', life, text, textLife] = rest
  const names = { token, pace }
  const put = text === undefined ? undefined : { text, lifeMs: Number(textLife) }
  const change = { expectedPace, pace: next, paceLifeMs: Number(life), token: put }
  const answer = scripts[0] === look ? redis.look(names) : redis.write(names, change)
  const bulk = (value: string): string => `$${value.length}\r\n${value}\r\n`
  const done = 'done' in answer ? `:${Number(answer.done)}\r\n` : ''
  return `*${done === '' ? 3 : 4}\r\n${bulk(answer.token)}${bulk(answer.pace)}:${answer.atMs}\r\n${done}`
}
