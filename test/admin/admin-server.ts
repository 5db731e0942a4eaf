import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import { text } from 'node:stream/consumers'
import type { Test } from 'tap'
import type { EnvironmentReport } from '../../src/admin/environment-report.ts'
import { type AdminOptions, createAdmin } from '../../src/admin/listener.ts'
import { environmentReport, metricsAt, startedAt } from './reports.ts'

export interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** What a test may change while the listener is open. */
export interface AdminState {
  environments: readonly EnvironmentReport[]
  draining: boolean
}

/** The admin listener on a free port, over environments that the test makes up. */
export async function openAdmin(t: Test, options: Partial<AdminOptions> = {}) {
  const { metrics, clock } = metricsAt(['sandbox', 'production'])
  const state: AdminState = { environments: [environmentReport()], draining: false }
  const app = createAdmin({
    version: '1.2.3',
    metrics,
    environments: () => state.environments,
    draining: () => state.draining,
    allowedHosts: [{ name: 'sidecar.internal' }],
    startedAt: new Date(startedAt - 90_000),
    wallNow: () => startedAt,
    ...options,
  })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const port = Number(new URL(url).port)

  /** Header by header as given, so that Host can be anything. */
  function ask(
    path: string,
    headers: readonly string[] = ['Host', 'localhost'],
    method = 'GET',
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const sent = request({ port, path, method, headers, agent: false, setHost: false })
      sent.on('error', reject)
      sent.on('response', (response) => {
        const { statusCode: status = 0, headers } = response
        text(response).then((body) => resolve({ status, headers, body }), reject)
      })
      sent.end()
    })
  }

  /** Bytes as they are, and all that comes back. */
  function say(bytes: string): Promise<string> {
    return text(connect(port, '127.0.0.1').setTimeout(5000).end(bytes))
  }

  return { app, url, port, state, metrics, clock, ask, say }
}
