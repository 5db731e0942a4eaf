import type { ServerResponse } from 'node:http'
import { type Test, test } from 'tap'
import { type App, startApp } from '../support/app.ts'
import { respond, startBank } from '../support/bank.ts'
import { anyAuthority } from '../support/pki.ts'
import { type Program, startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'

interface Rig {
  readonly program: Program
  readonly admin: string
  readonly app: App
  readonly other: App
  /** What the bank has not answered yet. */
  readonly held: ServerResponse[]
}

async function startRig(t: Test): Promise<Rig> {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority })
  const client = await authority.client()
  const program = startProgram(t, ['run'], {
    bundled: true,
    env: writeCredentials(t.testdir(), { bank, authority, client }),
  })
  const admin = await program.admin()
  const origin = await program.apps()
  await until(async () => (await fetch(`${admin}/startupz`)).ok)
  const held: ServerResponse[] = []
  bank.api.handler = ({ response }) => void held.push(response)
  return { program, admin, app: startApp(t, origin), other: startApp(t, origin), held }
}

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} lets what is in flight finish, refuses what is new, and ends with 0`, async (t) => {
    const { program, admin, app, other, held } = await startRig(t)
    const answer = app.call({ method: 'POST', path: '/api/v1/payments/singles', body: '{}' })
    await until(() => held.length === 1, { what: 'the bank has the request' })
    program.signal(signal)
    await program.event('draining', { inFlight: 1 })

    t.equal((await fetch(`${admin}/readyz`)).status, 503)
    t.equal((await fetch(`${admin}/livez`)).status, 200)
    const refused = await other.call({ path: '/api/v1/accounts' })
    t.match(refused, { status: 503, json: { code: 'draining', requestSent: 'no' } })
    t.match(refused.headers, { connection: 'close', 'retry-after': /^\d+$/ })

    for (const response of held) respond(response, 201, { paymentId: '1' })
    const last = { status: 201, json: { paymentId: '1' }, headers: { connection: 'close' } }
    t.match(await answer, last, 'the app does not put another request on that connection')
    t.equal(await program.ended(), 0)
    t.match(await program.event('drained'), { level: 'info', inFlight: 0 })
    t.equal(held.length, 1, 'the bank saw nothing of the refused request')
    t.equal(program.stderr(), '')
  })
}

test('a second SIGTERM ends it at once', async (t) => {
  const { program, app, held } = await startRig(t)
  const answer = app.call({ path: '/api/v1/accounts' })
  await until(() => held.length === 1, { what: 'the bank has the request' })
  program.signal('SIGTERM')
  await program.event('draining')
  program.signal('SIGTERM')
  t.match(await answer, { status: 502, json: { code: 'bank_connection_lost', requestSent: 'maybe' } })
  t.equal(await program.ended(), 0)
  t.match(await program.event('drained'), { level: 'warn', inFlight: 1 })
})
