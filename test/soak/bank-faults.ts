import type { TLSSocket } from 'node:tls'
import { type Exchange, respond } from '../support/bank.ts'
import type { CallRecord } from './ledger.ts'
import type { Random } from './random.ts'

/** Codes of ours, and statuses of the bank's, that a fault explains; `broken` is an answer that breaks off. */
interface Fault {
  readonly explains: readonly string[]
  readonly do: (exchange: Exchange, random: Random, record: CallRecord) => void
}

/** How a bank fails once it has the whole request. */
const faults: Readonly<Record<string, Fault>> = {
  'hangs up': { explains: ['bank_connection_lost'], do: ({ socket }) => void socket.destroy() },
  resets: { explains: ['bank_connection_lost'], do: ({ socket }) => reset(socket) },
  'answers 503': {
    explains: [],
    do({ response }, _random, record) {
      record.statuses.push(503)
      response.setHeader('retry-after', '1')
      respond(response, 503, [{ errorCode: '503', errorText: 'later' }])
    },
  },
  'answers half': {
    explains: ['broken'],
    do({ response, socket }, _random, record) {
      record.statuses.push(200)
      response.writeHead(200, { 'content-length': 100_000 }).write('x'.repeat(20_000))
      setTimeout(() => socket.destroy(), 20)
    },
  },
  'answers half a head': {
    explains: ['bank_connection_lost'],
    do({ socket }) {
      socket.write('HTTP/1.1 200 OK\r\ncontent-le')
      setTimeout(() => socket.destroy(), 20)
    },
  },
  'is slow': {
    explains: ['bank_timeout'],
    do({ response }, random, record) {
      const timer = setTimeout(
        () => {
          record.statuses.push(200)
          respond(response, 200, { late: true })
        },
        random.between(200, 2_500),
      )
      response.on('close', () => clearTimeout(timer))
    },
  },
  'answers nonsense': {
    explains: ['bank_protocol_error'],
    do: ({ socket }) => void socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n'),
  },
  'answers twice': {
    explains: ['bank_protocol_error', 'bank_connection_lost'],
    do({ socket }, _random, record) {
      record.statuses.push(200)
      const answer = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'
      socket.write(answer + answer.replace('{}', '[]'))
    },
  },
  'answers 401': { explains: [], do: (exchange, _random, record) => refuse(exchange, record) },
  'closes after its answer': {
    explains: [],
    do({ response, socket }, _random, record) {
      record.statuses.push(201)
      respond(response, 201, {})
      response.on('finish', () => socket.end())
    },
  },
}

export function failCall(exchange: Exchange, random: Random, record: CallRecord): void {
  const name = random.pick(Object.keys(faults))
  record.faults.push(name)
  faults[name]?.do(exchange, random, record)
}

export function refuse({ response }: Exchange, record: CallRecord): void {
  record.refused++
  record.statuses.push(401)
  respond(response, 401, [{ errorCode: '401', errorText: 'Unauthorized' }])
}

export function isExplained(record: CallRecord, outcome: string): boolean {
  return record.faults.some((name) => faults[name]?.explains.includes(outcome))
}

function reset(socket: TLSSocket): void {
  ;(socket as TLSSocket & { _parent: TLSSocket })._parent.resetAndDestroy()
}
