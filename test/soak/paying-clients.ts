import { setTimeout as sleep } from 'node:timers/promises'
import { type Answer, startApp } from '../support/app.ts'
import type { Scope } from './scope.ts'

export interface Failed {
  readonly at: number
  /** Of the sidecar's answer; else the bank's status, or how the connection broke. */
  readonly code: string
  readonly requestSent: unknown
  readonly waitedMs: number
}

export interface PayingClients {
  readonly failures: readonly Failed[]
  count(): number
  readonly slowestMs: number
  /** The same since it was asked for last. */
  takeSlowest(): number
  /** Resolves once those under way have been answered. */
  stop(): Promise<void>
}

export interface PayingOptions {
  readonly scope: Scope
  readonly apps: string
  readonly clients: number
  /** After each answer. */
  readonly pauseMs: number
}

/** Clients that each send a payment, wait for the answer, pause, and send the next. */
export function startPaying({ scope, apps, clients, pauseMs }: PayingOptions): PayingClients {
  const failures: Failed[] = []
  let count = 0
  let slowestMs = 0
  let recentMs = 0
  let going = true

  async function pay(call: () => Promise<Answer>): Promise<void> {
    while (going) {
      const startedAt = performance.now()
      const failed = await call().then(failureOf, (error: Error) => ({
        code: error.message,
        requestSent: '?',
      }))
      const at = performance.now()
      count++
      slowestMs = Math.max(slowestMs, at - startedAt)
      recentMs = Math.max(recentMs, at - startedAt)
      if (failed !== undefined) failures.push({ at, waitedMs: at - startedAt, ...failed })
      if (pauseMs > 0) await sleep(pauseMs)
    }
  }

  const all = Array.from({ length: clients }, () => {
    const app = startApp(scope.test, apps)
    return pay(() => app.call({ method: 'POST', path: '/api/v1/payments/singles', body: '{"amount":1}' }))
  })
  return {
    failures,
    count: () => count,
    get slowestMs() {
      return slowestMs
    },
    takeSlowest() {
      const taken = recentMs
      recentMs = 0
      return taken
    },
    async stop() {
      going = false
      await Promise.all(all)
    },
  }
}

function failureOf({ status, headers, json }: Answer): Pick<Failed, 'code' | 'requestSent'> | undefined {
  if (status === 201) return undefined
  const code = headers['bc-sidecar-error']
  return typeof code === 'string'
    ? { code, requestSent: json['requestSent'] }
    : { code: `bank ${status}`, requestSent: null }
}
