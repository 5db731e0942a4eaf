import type { AddressInfo } from 'node:net'
import { createSecureContext } from 'node:tls'
import type { Test } from 'tap'
import { openConnections } from '../../src/bank/connections.ts'
import { bankFailure } from '../../src/bank/failure.ts'
import { createHostCheck } from '../../src/host.ts'
import { createAppsListener, type ListenerOptions } from '../../src/proxy/listener.ts'
import { createReplayStore } from '../../src/proxy/replay-store.ts'
import type { RequestRecord } from '../../src/proxy/request-record.ts'
import { startBank } from './bank.ts'
import { anyAuthority } from './pki.ts'
import { type RawDoor, rawDoor } from './raw-door.ts'

const limits = { limitBytes: 65_536, totalBytes: 1_048_576 }

/** The apps' listener alone, with its limits within reach of a test, in front of a bank that takes any token. */
export async function startRawListener(
  t: Test,
  options: Partial<ListenerOptions> = {},
): Promise<RawDoor & { readonly records: RequestRecord[] }> {
  const authority = await anyAuthority()
  const bank = await startBank(t, { authority, checkTokens: false })
  const { certPem, keyPem } = await authority.client()
  const connections = openConnections({
    secureContext: createSecureContext({ cert: certPem, key: keyPem, ca: authority.caPem }),
    connectTimeoutMs: 60_000,
    responseTimeoutMs: 60_000,
    maxConnections: 16,
    keepAliveTimeoutMs: 5_000,
  })
  const records: RequestRecord[] = []
  const token = { authorization: 'Bearer token' }
  const tokens = {
    peek: () => token,
    get: async () => token,
    holds: () => true,
    replacement: async () => token,
  }
  const { app } = createAppsListener({
    environment: 'test',
    origin: bank.baseUrl,
    session: () => ({ ...connections, tokens }),
    draining: () => false,
    checkHost: createHostCheck([]),
    acceptsSecret: undefined,
    isAllowed: () => true,
    bodyLimitBytes: 1_048_576,
    maxInFlight: 64,
    headersTimeoutMs: 15_000,
    stallMs: 30_000,
    halfCloseMs: 250,
    responseTimeoutMs: 60_000,
    maxHeaderBytes: 16_384,
    explain: bankFailure,
    now: () => performance.now(),
    wallNow: Date.now,
    routeOf: (path) => path,
    replays: createReplayStore(limits),
    record: (record) => void records.push(record),
    ...options,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  t.teardown(async () => {
    app.server.closeAllConnections()
    await app.close()
    await connections.destroy()
  })
  const { port } = app.server.address() as AddressInfo
  return { ...rawDoor(t, bank, `http://127.0.0.1:${port}`), records }
}
