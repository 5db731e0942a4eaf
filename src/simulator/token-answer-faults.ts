import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { BankError } from './bank-error.ts'
import { type FaultTable, milliseconds, seconds } from './fault-kind.ts'
import type { Reply } from './listener.ts'

const hugeBytes = 10_485_760
const trickleMs = 250

/** Answers in place of a token. Those that return nothing leave the connection as it is. */
type Answer = (reply: Reply, value: string) => unknown

const fails = (status: number): Answer => {
  return () => {
    throw new BankError(status, 'InternalError', 'a fault was asked for')
  }
}

const throttled = (): never => {
  throw new BankError(429, 'TooManyRequests', 'too many token requests')
}

export const tokenDelayFaults: FaultTable<(ms: string) => Promise<void>> = {
  'token-slow': {
    does: 'the token endpoint takes this long to answer',
    value: milliseconds,
    act: (ms) => wait(Number(ms), undefined, { ref: false }),
  },
}

export const tokenAnswerFaults: FaultTable<Answer> = {
  'token-500': { does: '500', act: fails(500) },
  'token-503': { does: '503', act: fails(503) },
  'token-429': { does: '429 without Retry-After', act: throttled },
  'token-429-retry-after': {
    does: '429 with Retry-After in seconds',
    value: seconds,
    act: (reply, value) => {
      void reply.header('retry-after', value)
      throttled()
    },
  },
  'token-429-retry-date': {
    does: '429 with Retry-After as a date that many seconds ahead',
    value: seconds,
    act: (reply, value) => {
      void reply.header('retry-after', new Date(Date.now() + Number(value) * 1000).toUTCString())
      throttled()
    },
  },
  'token-rejected': {
    does: 'the credentials are refused',
    value: { what: '400, 401 or 403', example: '403', accepts: /^40[013]$/, otherwise: '401' },
    act: (_reply, value) => {
      throw new BankError(Number(value), 'Unauthorized', 'user name or password is wrong')
    },
  },
  'token-hang': { does: 'no answer, ever', act: (reply) => void reply.hijack() },
  'token-reset': { does: 'the connection is lost', act: (reply) => void reply.hijack().raw.destroy() },
  'token-empty': { does: '200 with an empty body', act: () => '' },
  'token-html': {
    does: '200 with a web page',
    act: (reply) => reply.type('text/html').send('<!doctype html><title>Maintenance</title>'),
  },
  'token-redirect': {
    does: 'a redirect',
    act: (reply) => reply.redirect('/api/v1/authorizations/elsewhere'),
  },
  'token-huge': {
    does: '200 with 10 MB of body',
    act: (reply) => json(reply).send(`{"access_token":"${'a'.repeat(hugeBytes)}","expires_in":"300"}`),
  },
  'token-trickle': {
    does: '200 with a body that comes a byte at a time, without end',
    act: (reply) => json(reply).send(Readable.from(trickle())),
  },
}

function json(reply: Reply): Reply {
  return reply.type('application/json; charset=utf-8')
}

async function* trickle(): AsyncGenerator<string> {
  yield '{"access_token":"'
  while (true) {
    await wait(trickleMs, undefined, { ref: false })
    yield 'a'
  }
}
