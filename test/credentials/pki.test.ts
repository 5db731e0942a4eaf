import { once } from 'node:events'
import tls from 'node:tls'
import { test } from 'tap'
import { createAuthority } from '../support/pki.ts'

test('certificates made at test time serve mutual TLS', async (t) => {
  const authority = await createAuthority()
  const intermediate = await authority.intermediate()
  const server = await authority.server()
  const client = await intermediate.client({ key: 'RSA-2048' })
  const listener = tls.createServer(
    { cert: server.chainPem, key: server.keyPem, ca: authority.caPem, requestCert: true },
    (s) => s.end('hi'),
  )
  t.teardown(() => listener.close())
  listener.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const { port } = listener.address() as { port: number }
  for (const credentials of [
    { cert: client.chainPem, key: client.keyPem },
    { pfx: client.pfx('pass'), passphrase: 'pass' },
    { pfx: client.pfx('pass', { encryption: '3des' }), passphrase: 'pass' },
  ]) {
    const socket = tls.connect({ port, host: '127.0.0.1', ca: authority.caPem, ...credentials })
    await once(socket, 'secureConnect')
    t.ok(socket.authorized)
    socket.resume()
    await once(socket, 'close')
  }
})
