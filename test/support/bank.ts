import type { SecureVersion, TlsOptions } from 'node:tls'
import type { Test } from 'tap'
import { type Listener, listen, respond, type SeenRequest } from './bank-listener.ts'
import { type IssuedToken, makeToken } from './bank-token.ts'
import type { Authority, Issued } from './pki.ts'

export {
  type Exchange,
  type Handler,
  type Listener,
  respond,
  type SeenConnection,
  type SeenRequest,
} from './bank-listener.ts'

export interface BankOptions {
  /** Issues the server's certificate, and is the one that client certificates must come from. */
  readonly authority: Authority
  /** The server's certificate, when it is not to be a sound one for `localhost`, 127.0.0.1 and ::1. */
  readonly server?: Pick<Issued, 'chainPem' | 'keyPem'>
  /** PEM of another CA for client certificates. */
  readonly clientCa?: string
  /** The host of both URLs; `localhost` unless given. Both listen on 127.0.0.1. */
  readonly hostname?: string
  readonly username?: string
  readonly password?: string
  readonly tokenLifeSeconds?: number
  /** Calls without a token that this bank issued to the same certificate are answered 401. Default true. */
  readonly checkTokens?: boolean
  readonly minVersion?: SecureVersion
  readonly maxVersion?: SecureVersion
  readonly ciphers?: string
}

export interface TestBank {
  /** `https://localhost:port` of the API, with its requests, connections and handlers. */
  readonly api: Listener
  readonly authorization: Listener
  readonly baseUrl: string
  readonly authorizationUrl: string
  readonly username: string
  readonly password: string
  readonly issued: readonly IssuedToken[]
  /** Claims that override those of later tokens. */
  claims: Record<string, unknown>
  tokenLifeSeconds: number
  /** Takes back every token issued until now. */
  revokeTokens(): void
  /** A token for a certificate, as if it had been asked for. */
  issue(thumbprint: string): IssuedToken
  close(): Promise<void>
}

/**
 * A bank with mutual TLS on two free ports: documents everything that it sees, answers as bank-api.md says,
 * or as a test scripts it: `bank.api.handler = ({ response }) => …` (whole request has arrived),
 * `bank.api.onHead` (only its head), `bank.api.onSocket` (bare TLS socket). Closes at the test's end.
 */
export async function startBank(t: Pick<Test, 'teardown'>, options: BankOptions): Promise<TestBank> {
  const {
    hostname = 'localhost',
    username = 'api-user',
    password = 'pass wörd:1',
    checkTokens = true,
  } = options
  const tls = await tlsOptions(options)
  const issued: IssuedToken[] = []
  let revoked = 0

  function holds({ token, thumbprint }: SeenRequest): boolean {
    return issued
      .slice(revoked)
      .some((one) => one.token === token && one.thumbprint === thumbprint && Date.now() < one.expiresAt)
  }

  const basic = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const api = await listen(tls, hostname)
  const authorization = await listen(tls, hostname)
  if (checkTokens) api.accepts = holds
  authorization.accepts = ({ headers }) => headers.authorization === basic
  authorization.handler = ({ seen, response }) => {
    const { token } = bank.issue(seen.thumbprint)
    respond(response, 200, { access_token: token, expires_in: String(bank.tokenLifeSeconds) })
  }

  const bank: TestBank = {
    api,
    authorization,
    baseUrl: api.url,
    authorizationUrl: authorization.url,
    username,
    password,
    issued,
    claims: {},
    tokenLifeSeconds: options.tokenLifeSeconds ?? 300,
    revokeTokens() {
      revoked = issued.length
    },
    issue(thumbprint) {
      const token = makeToken(thumbprint, bank.tokenLifeSeconds, bank.claims)
      issued.push(token)
      return token
    },
    async close() {
      await Promise.all([api.close(), authorization.close()])
    },
  }
  t.teardown(() => bank.close())
  return bank
}

async function tlsOptions(options: BankOptions): Promise<TlsOptions> {
  const { authority, clientCa = authority.caPem, minVersion, maxVersion, ciphers } = options
  const { chainPem, keyPem } = options.server ?? (await authority.server())
  return {
    cert: chainPem,
    key: keyPem,
    ca: clientCa,
    requestCert: true,
    rejectUnauthorized: true,
    ...(minVersion && { minVersion }),
    ...(maxVersion && { maxVersion }),
    ...(ciphers && { ciphers }),
  }
}
