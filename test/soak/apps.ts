import { Agent, type ClientRequest, request } from 'node:http'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { idHeader } from './bank.ts'
import type { Random } from './random.ts'

/** How a call ended, as its app sees it. */
export interface Outcome {
  readonly id: string
  /** The sidecar's code, the bank's status, `broken` in the middle of an answer, `cut` before one. */
  readonly result: string
  readonly requestSent: string | undefined
  /** Of the payment that the answer speaks of. */
  readonly answerId: string | undefined
}

export interface Apps {
  /** One app does one thing; resolves when it is through with it. */
  act(): Promise<void>
  /** A plain call, for a sidecar that should be well again. */
  probe(): Promise<Outcome>
  readonly counts: Record<string, number>
  close(): void
}

export interface AppsOptions {
  readonly origin: string
  readonly random: Random
  readonly heard: (outcome: Outcome) => void
}

export const bodyLimitBytes = 200_000

export function createApps({ origin, random, heard }: AppsOptions): Apps {
  const agent = new Agent({ keepAlive: true, maxSockets: 200 })
  const counts: Record<string, number> = {}
  let calls = 0
  const open = (method: string, path: string, headers: Record<string, string | number> = {}) => {
    const id = `call-${++calls}`
    return { id, call: request(origin, { agent, method, path, headers: { ...headers, [idHeader]: id } }) }
  }

  const payment = async (): Promise<void> => {
    const body = Buffer.from(JSON.stringify({ note: 'x'.repeat(random.between(50, 20_000)) }))
    const id = `call-${++calls}`
    // A `no` says that the bank has seen nothing: the same payment again must be safe.
    for (let attempt = 0; attempt < 4; attempt++) {
      const headers = { [idHeader]: id, 'content-length': body.length }
      const call = request(origin, { agent, method: 'POST', path: '/api/v1/payments/singles', headers })
      const outcome = outcomeOf(id, call)
      call.end(body)
      const ended = await outcome
      heard(ended)
      if (ended.requestSent !== 'no') return
      await sleep(random.between(100, 800))
    }
  }
  const reading = async (path: string): Promise<void> => {
    const { id, call } = open('GET', path)
    const outcome = outcomeOf(id, call, path.endsWith('large') ? 5 : 0)
    call.end()
    heard(await outcome)
  }
  const pieces = async (): Promise<void> => {
    const { id, call } = open('POST', '/api/v1/payments/singles', { 'transfer-encoding': 'chunked' })
    const outcome = outcomeOf(id, call)
    for (let left = 6; left > 0 && !call.destroyed; left--) {
      call.write('x'.repeat(random.between(1, 5_000)))
      await sleep(random.between(1, 60))
    }
    call.end()
    heard(await outcome)
  }
  const vanish = async (): Promise<void> => {
    const { id, call } = open('POST', '/api/v1/payments/singles', { 'content-length': 50_000 })
    const outcome = outcomeOf(id, call)
    call.write('x'.repeat(random.pick([1, 10_000, 50_000])))
    await sleep(random.between(0, 400))
    call.destroy()
    await outcome
  }
  const tooMuch = async (): Promise<void> => {
    const { id, call } = open('POST', '/api/v1/payments/singles', { 'content-length': bodyLimitBytes + 1 })
    const outcome = outcomeOf(id, call)
    call.flushHeaders()
    heard(await outcome)
    call.destroy()
  }
  const noise = (): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(Number(new URL(origin).port), '127.0.0.1', () =>
        socket.write('\x16\x03\0 noise\r\n\r\n'),
      )
      socket.on('error', () => undefined).on('close', () => resolve())
      socket.resume().setTimeout(5_000, () => socket.destroy())
    })

  const acts: readonly (readonly [share: number, name: string, act: () => Promise<void>])[] = [
    [0.4, 'payment', payment],
    [0.36, 'reading', () => reading('/api/v1/accounts')],
    [0.05, 'slow reader', () => reading('/api/v1/reports/large')],
    [0.08, 'payment in pieces', pieces],
    [0.07, 'vanishing', vanish],
    [0.02, 'too much', tooMuch],
    [0.02, 'noise', noise],
  ]
  return {
    counts,
    async act() {
      let left = random.next()
      const chosen = acts.find(([share]) => {
        left -= share
        return left < 0
      })
      const [, name, act] = chosen ?? (acts[0] as (typeof acts)[number])
      counts[name] = (counts[name] ?? 0) + 1
      await act()
    },
    async probe() {
      const { id, call } = open('GET', '/api/v1/accounts')
      const outcome = outcomeOf(id, call)
      call.end()
      return outcome
    },
    close: () => agent.destroy(),
  }
}

/** Never rejects: that a call is cut off is an outcome, too. A slow reader waits between two pieces. */
function outcomeOf(id: string, call: ClientRequest, pauseMs = 0): Promise<Outcome> {
  return new Promise((resolve) => {
    const end = (result: string, requestSent?: string, answerId?: string) =>
      resolve({ id, result, requestSent, answerId })
    call.on('error', () => end('cut')).on('close', () => end('cut'))
    call.on('response', (answer) => {
      let text = ''
      answer.setEncoding('latin1').on('data', (piece: string) => {
        text += piece
        if (pauseMs === 0) return
        answer.pause()
        setTimeout(() => answer.resume(), pauseMs)
      })
      answer.on('error', () => end('broken')).on('aborted', () => end('broken'))
      answer.on('end', () => {
        if (!answer.complete) return end('broken')
        const own = answer.headers['bc-sidecar-error']
        const told = text.startsWith('{') ? (JSON.parse(text) as Record<string, string>) : {}
        end(String(own ?? answer.statusCode), own && told['requestSent'], told['paymentId'])
      })
    })
  })
}
