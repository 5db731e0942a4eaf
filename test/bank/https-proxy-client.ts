import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createSecureContext } from 'node:tls'
import { openConnections } from '../../src/bank/connections.ts'
import { Secret } from '../../src/secret.ts'
import { call } from './harness.ts'

// A process of its own: one GET of `origin` through `proxy`, with the certificates in `dir`.
const [origin = '', proxy = '', dir = ''] = process.argv.slice(2)
const pem = readFileSync(join(dir, 'client.pem'))
const connections = openConnections({
  secureContext: createSecureContext({ cert: pem, key: pem, ca: readFileSync(join(dir, 'ca.pem')) }),
  connectTimeoutMs: 60_000,
  responseTimeoutMs: 60_000,
  maxConnections: 1,
  keepAliveTimeoutMs: 1_000,
  outboundProxy: { url: new Secret(proxy), noProxy: '' },
})
const { status, complete } = await call(connections.dispatcher, { origin })
await connections.close()
process.stdout.write(JSON.stringify({ status, complete }))
