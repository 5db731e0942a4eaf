import type { OutgoingHttpHeaders } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { BankError } from './bank-error.ts'
import { type FaultTable, milliseconds, seconds } from './fault-kind.ts'
import type { Reply } from './listener.ts'

export const apiDelayFaults: FaultTable<(ms: string) => Promise<void>> = {
  'api-slow': {
    does: 'the API takes this long to do anything',
    value: milliseconds,
    act: (ms) => wait(Number(ms), undefined, { ref: false }),
  },
}

const refuses = (status: number, code: string, text: string) => (): never => {
  throw new BankError(status, code, text)
}

const dropsToken = refuses(401, 'Unauthorized', 'the token has expired')

/** Answers in place of the bank's: nothing has been done. */
export const apiAnswerFaults: FaultTable<(reply: Reply, value: string) => void> = {
  'api-401': { does: 'a good token is refused; nothing is done', act: dropsToken },
  'api-401-once': { does: 'the same, for the first request only', act: dropsToken },
  'api-403': { does: '403; nothing is done', act: refuses(403, 'Forbidden', 'not allowed') },
  'api-500': { does: '500; nothing is done', act: refuses(500, 'InternalError', 'a fault was asked for') },
  'api-503': { does: '503; nothing is done', act: refuses(503, 'Unavailable', 'try again later') },
  'api-503-retry-after': {
    does: '503 with Retry-After in seconds; nothing is done',
    value: seconds,
    act: (reply, value) => {
      void reply.header('retry-after', value)
      throw new BankError(503, 'Unavailable', 'try again later')
    },
  },
}

/** What becomes of an answer on its way out: the request has been carried out, a payment has been made. */
export const apiLossFaults: FaultTable<(reply: Reply, payload: unknown) => void> = {
  'api-reset': {
    does: 'the request is carried out, and the connection lost before the answer',
    act: ({ raw }) => void raw.destroy(),
  },
  'api-hang': { does: 'the request is carried out, and never answered', act: () => undefined },
  'api-half-answer': {
    does: 'the request is carried out, and the connection lost in the middle of the answer',
    act: (reply, payload) => {
      const { raw, statusCode } = reply
      const whole = typeof payload === 'string' ? payload : '[{"half":"an answer"}]'
      const half = whole.slice(0, whole.length / 2)
      const headers = reply.getHeaders() as OutgoingHttpHeaders
      raw.writeHead(statusCode, { ...headers, 'content-length': Buffer.byteLength(whole) })
      raw.write(half, () => raw.destroy())
    },
  },
  'api-garbage': {
    does: 'the request is carried out, and the answer is no HTTP',
    act: ({ raw }) => void raw.req.socket.end('This is no HTTP.\r\n\r\n'),
  },
}
