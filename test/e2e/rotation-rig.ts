import { setTimeout } from 'node:timers/promises'
import type { Test } from 'tap'
import { type Answer, type App, startApp } from '../support/app.ts'
import { respond, startBank, type TestBank } from '../support/bank.ts'
import { type Authority, anyAuthority, type Issued } from '../support/pki.ts'
import { type RunningSidecar, startTestSidecar } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

export interface Payments {
  /** Resolves when so many more have been answered. */
  more(count: number): Promise<void>
  /** Resolves once those under way have been answered. */
  stop(): Promise<void>
  /** How those that did not succeed were answered. */
  readonly failures: readonly string[]
  count(): number
  readonly slowestMs: number
}

export interface Status {
  readonly certificate: { readonly thumbprint: string | null; readonly lastError: string | null }
  readonly token: { readonly thumbprintMatches: boolean | null; readonly [key: string]: unknown }
}

export interface Rotating extends RunningSidecar {
  readonly authority: Authority
  readonly bank: TestBank
  readonly client: Issued
  readonly app: App
  /** Clients that send payments, with a pause after each answer, until the test's end at the latest. */
  readonly pay: (options?: { readonly clients?: number; readonly pauseMs?: number }) => Payments
  /** Resolves once a certificate is in use; `reload` looks at once, else the sidecar must notice by itself. */
  readonly applied: (client: Issued, options?: { readonly reload: boolean }) => Promise<void>
  /** The lines of one event. */
  readonly events: (event: string) => Record<string, unknown>[]
  readonly status: () => Promise<Status>
  readonly ready: () => Promise<boolean>
}

export interface RotatingOptions {
  readonly authority?: Authority
  readonly bank?: TestBank
  readonly client?: Issued
  readonly env?: Record<string, string>
  readonly ready?: boolean
}

/** A sidecar and its bank, which takes a moment for each payment, so that some are always under way. */
export async function startRotating(t: Test, options: RotatingOptions = {}): Promise<Rotating> {
  const authority = options.authority ?? (await anyAuthority())
  const bank = options.bank ?? (await startPatientBank(t, authority))
  const client = options.client ?? (await authority.client({ name: 'first' }))
  const env = { BC_TOKEN_REQUESTS_PER_MINUTE: '60', ...options.env }
  const running = await startTestSidecar(t, { bank, authority, client, env, ready: options.ready ?? true })
  const { sidecar, apps, admin, lines } = running
  const events = (event: string) => lines.filter((line) => line['event'] === event)
  const status = async (): Promise<Status> => {
    const answer = (await (await fetch(`${admin}/status`)).json()) as { environments: { test: Status } }
    return answer.environments.test
  }
  return {
    ...running,
    authority,
    bank,
    client,
    events,
    status,
    app: startApp(t, apps),
    pay: ({ clients = 4, pauseMs = 50 } = {}) => startPayments(t, apps, clients, pauseMs),
    async applied({ thumbprint }, { reload } = { reload: true }) {
      if (reload) sidecar.reload()
      await until(() => events('credentials_applied').some((line) => line['thumbprint'] === thumbprint), {
        what: `${thumbprint} is in use`,
      }).catch((cause) => {
        throw new Error(JSON.stringify(lines.filter(isTold)), { cause })
      })
      if ((await status()).certificate.thumbprint !== thumbprint) throw new Error('/status tells another')
    },
    ready: async () => (await fetch(`${admin}/readyz`)).ok,
  }
}

const isTold = ({ event }: Record<string, unknown>): boolean => String(event).startsWith('credentials_')

async function startPatientBank(t: Test, authority: Authority): Promise<TestBank> {
  const bank = await startBank(t, { authority })
  bank.api.handler = async ({ response }) => {
    await setTimeout(50)
    respond(response, 201, { paymentId: 'p' })
  }
  return bank
}

/** Each client waits for its answer, pauses so that this process is not busy with payments alone, and sends the next. */
export function startPayments(t: Test, apps: string, clients: number, pauseMs = 5): Payments {
  const failures: string[] = []
  const times: number[] = []
  let going = true
  const payOn = async (app: App): Promise<void> => {
    while (going) {
      const startedAt = performance.now()
      const outcome = await app.call(payment).then(outcomeOf, String)
      if (outcome !== undefined) failures.push(outcome)
      times.push(performance.now() - startedAt)
      await setTimeout(pauseMs)
    }
  }
  const all = Promise.all(Array.from({ length: clients }, () => payOn(startApp(t, apps))))
  const stop = async (): Promise<void> => {
    going = false
    await all
  }
  t.teardown(stop)
  return {
    failures,
    stop,
    count: () => times.length,
    get slowestMs() {
      return times.reduce((most, time) => Math.max(most, time), 0)
    },
    more: async (count) => {
      const enough = times.length + count
      await until(() => times.length >= enough)
    },
  }
}

const payment = { method: 'POST', path: '/api/v1/payments/singles', body: '{"amount":1}' }

function outcomeOf({ status, text }: Answer): string | undefined {
  return status === 201 ? undefined : `${status} ${text}`
}

/** No payment failed, none was sent twice, and each came with the certificate that its token was issued to. */
export async function checkPayments(t: Test, payments: Payments, { bank, events }: Rotating): Promise<void> {
  await payments.stop()
  t.strictSame(payments.failures, [])
  t.ok(payments.count() > 0)
  await until(() => events('request').length >= payments.count())
  t.equal(events('request').filter(({ replayed }) => replayed).length, 0, 'the bank refused no token')
  const owners = new Map(bank.issued.map(({ token, thumbprint }) => [token, thumbprint]))
  const foreign = bank.api.requests.filter(({ token = '', thumbprint }) => owners.get(token) !== thumbprint)
  t.equal(foreign.length, 0, 'certificate and token belong together')
}
