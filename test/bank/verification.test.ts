import { createServer, type Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { type Test, test } from 'tap'
import { openConnections } from '../../src/bank/connections.ts'
import { bankFailure } from '../../src/bank/failure.ts'
import { type BankOptions, startBank } from '../support/bank.ts'
import { type Authority, anyAuthority, createAuthority } from '../support/pki.ts'
import { keyPair } from '../support/pki-keys.ts'
import { call, type PairOptions, pair } from './harness.ts'

const day = 86_400_000

/** Banks that must not get a request, with the reason that the app is told. */
const impostors: Record<
  string,
  { bank: (known: Authority) => Promise<Partial<BankOptions>>; detail: string }
> = {
  'a certificate from an unknown issuer': {
    bank: async () => ({ server: await (await createAuthority({ name: 'Strange Root' })).server() }),
    detail:
      'localhost: its certificate comes from an unknown issuer, or an intermediate is missing (see BC_CA_FILE) (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
  },
  'a self-signed certificate': {
    bank: async () => {
      const keys = await keyPair('P-256')
      const itself = await createAuthority({ name: 'localhost', keys })
      return { server: await itself.server({ name: 'localhost', keys }) }
    },
    detail: 'localhost: its certificate is self-signed (DEPTH_ZERO_SELF_SIGNED_CERT)',
  },
  'a certificate for another host': {
    bank: async (known) => ({ server: await known.server({ names: ['other.test', '127.0.0.1'] }) }),
    detail: 'localhost: its certificate is for another host name (ERR_TLS_CERT_ALTNAME_INVALID)',
  },
  'an expired certificate': {
    bank: async (known) => ({
      server: await known.server({
        notBefore: new Date(Date.now() - 2 * day),
        notAfter: new Date(Date.now() - day),
      }),
    }),
    detail: 'localhost: its certificate has expired, or this clock is wrong (CERT_HAS_EXPIRED)',
  },
  'a certificate that is not yet valid': {
    bank: async (known) => ({
      server: await known.server({
        notBefore: new Date(Date.now() + day),
        notAfter: new Date(Date.now() + 2 * day),
      }),
    }),
    detail: 'localhost: its certificate is not yet valid, or this clock is wrong (CERT_NOT_YET_VALID)',
  },
  'a certificate for clients': {
    bank: async (known) => ({ server: await known.server({ extendedKeyUsage: ['1.3.6.1.5.5.7.3.2'] }) }),
    detail: 'localhost: its certificate is not for servers (INVALID_PURPOSE)',
  },
}

for (const [name, { bank: bankOptions, detail }] of Object.entries(impostors)) {
  for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
    test(`a bank with ${name} gets no request, however often, with ${maxVersion}`, async (t: Test) => {
      // Node.js's own switch for carelessness must not work here.
      const before = process.env['NODE_TLS_REJECT_UNAUTHORIZED']
      process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
      t.teardown(() => restore(before))
      const authority = await anyAuthority()
      const options: PairOptions = { bank: { authority, maxVersion, ...(await bankOptions(authority)) } }
      const { bank, dispatcher, origin } = await pair(t, options)
      for (let tries = 0; tries < 3; tries++) {
        const { error, starts } = await call(dispatcher, { origin, headers: ['authorization', 'Bearer x'] })
        t.equal(starts, 0)
        const failure = bankFailure(error, false)
        t.match(failure, { code: 'bank_unreachable', requestSent: 'no' })
        t.equal(failure.message, detail)
      }
      t.equal(bank.api.requests.length, 0)
    })
  }
}

function restore(value: string | undefined): void {
  if (value === undefined) delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
  else process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = value
}

test('a bank by its address is verified by its address', async (t: Test) => {
  const { bank, dispatcher } = await pair(t)
  const origin = `https://127.0.0.1:${bank.api.port}`
  t.match(await call(dispatcher, { origin }), { status: 200 })
  const authority = await anyAuthority()
  const other = await pair(t, {
    bank: { authority, server: await authority.server({ names: ['localhost'] }) },
  })
  const outcome = await call(other.dispatcher, { origin: `https://127.0.0.1:${other.bank.api.port}` })
  t.match(
    bankFailure(outcome.error, false).message,
    /^127\.0\.0\.1: its certificate is for another host name/,
  )
})

test('a bank that speaks TLS 1.1 at best gets no request, even if Node.js would', async (t: Test) => {
  const authority = await createAuthority({ key: 'RSA-2048' })
  const weak = { ciphers: 'DEFAULT@SECLEVEL=0', minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' } as const
  const bank = await startBank(t, { authority, checkTokens: false, ...weak })
  const { chainPem, keyPem } = await authority.client()
  const secureContext = createSecureContext({
    cert: chainPem,
    key: keyPem,
    ca: authority.caPem,
    ...weak,
  })
  const connections = openConnections({
    secureContext,
    connectTimeoutMs: 60_000,
    responseTimeoutMs: 60_000,
    maxConnections: 1,
    keepAliveTimeoutMs: 1_000,
  })
  t.teardown(() => connections.destroy())
  const { error, starts } = await call(connections.dispatcher, { origin: bank.baseUrl })
  t.equal(starts, 0)
  t.equal(bankFailure(error, false).message, 'localhost: it offers no TLS version from 1.2 on')
  t.equal(bank.api.requests.length, 0)
})

for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const) {
  test(`a bank that refuses our certificate is told apart, with ${maxVersion}`, async (t: Test) => {
    const strange = await createAuthority({ name: 'Strange Root' })
    const { bank, dispatcher, origin } = await pair(t, { bank: { maxVersion, clientCa: strange.caPem } })
    const { error, starts } = await call(dispatcher, { origin, method: 'POST', body: Buffer.from('x') })
    const failure = bankFailure(error, starts > 0)
    // In TLS 1.3 the refusal comes after our side of the handshake, when the request is on its way already.
    if (starts > 0) t.match(failure, { code: 'bank_connection_lost', requestSent: 'maybe' })
    else t.match(failure, { code: 'bank_unreachable', requestSent: 'no' })
    t.match(
      failure.message,
      /client certificate|in the TLS handshake|closed the connection|reset the connection/,
    )
    t.equal(bank.api.requests.length, 0)
  })
}

const dead: Record<string, { onSocket: (socket: Socket) => void; detail: string | RegExp }> = {
  'never starts TLS': { onSocket: () => {}, detail: 'localhost: no connection within 1000 ms (TLS)' },
  'closes at once': {
    onSocket: (socket) => void socket.end(),
    detail: /^localhost: it closed the connection in the TLS/,
  },
  'speaks plain HTTP': {
    onSocket: (socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'),
    detail: /^localhost: it does not answer in TLS/,
  },
}

for (const [name, { onSocket, detail }] of Object.entries(dead)) {
  test(`a bank that ${name} is unreachable, at the latest when the time to connect is over`, async (t: Test) => {
    const { dispatcher } = await pair(t, name === 'never starts TLS' ? { connectTimeoutMs: 1_000 } : {})
    const origin = await plainServer(t, onSocket)
    const failure = bankFailure((await call(dispatcher, { origin })).error, false)
    t.match(failure, { code: 'bank_unreachable', requestSent: 'no' })
    t.match(failure.message, detail)
  })
}

test('a bank that does not listen, or does not exist, is unreachable', async (t: Test) => {
  const { bank, dispatcher, origin } = await pair(t)
  await bank.close()
  const refused = bankFailure((await call(dispatcher, { origin })).error, false)
  t.equal(refused.message, 'localhost: the connection was refused (ECONNREFUSED)')
  const nowhere = bankFailure((await call(dispatcher, { origin: 'https://bank.invalid' })).error, false)
  t.match(nowhere.message, /^bank\.invalid: the name (does not exist|cannot be resolved)/)
})

async function plainServer(t: Test, onSocket: (socket: Socket) => void): Promise<string> {
  const sockets: Socket[] = []
  const server = createServer((socket) => {
    sockets.push(socket.on('error', () => {}))
    onSocket(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    for (const socket of sockets) socket.destroy()
    return new Promise((resolve) => server.close(resolve))
  })
  const address = server.address()
  return `https://localhost:${address !== null && typeof address === 'object' ? address.port : 0}`
}
