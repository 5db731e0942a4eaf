import type { Socket } from 'node:net'
import { createSecureContext } from 'node:tls'
import { ConnectFailure } from '../../bank/connect-failure.ts'
import { connectReason } from '../../bank/connect-reasons.ts'
import type { CredentialSet } from '../../credentials/credential-set.ts'
import { type Finding, failed, ok, warning } from './finding.ts'
import { type Greeting, greet } from './greeting.ts'
import type { Target } from './target.ts'
import { distrustAdvice, handshakeAdvice } from './tls-advice.ts'
import { openTransport } from './transport.ts'

export interface TlsOptions {
  readonly target: Target
  readonly transport: Socket
  readonly set: CredentialSet
  readonly nowMs: number
  /** Whose credentials may have been mixed up with these. */
  readonly other: string
}

/** Whether the bank's certificate is trusted, and whether it asks for ours and accepts it. */
export async function checkTls(options: TlsOptions): Promise<Finding> {
  const { target, transport, set } = options
  const { host, connectTimeoutMs: timeoutMs } = target
  const greeting = await greet({ host, transport, secureContext: set.secureContext, timeoutMs })
  if (greeting.kind === 'broken') {
    const { message } = ConnectFailure.from(host, greeting.error)
    return failed(message, handshakeAdvice(message, { ...options, answered: greeting.answered }))
  }
  if (greeting.distrust !== undefined) return distrusted(greeting.distrust, greeting, options)
  return described(greeting, target, await insists(target))
}

type Done = Extract<Greeting, { kind: 'done' }>

function distrusted(code: string, { subject, issuer }: Done, options: TlsOptions): Finding {
  const { host } = options.target
  const reason = connectReason(Object.assign(new Error(code), { code }))
  const found = `${host} shows the certificate ${subject}, issued by ${issuer}: ${reason}`
  return failed(found, distrustAdvice(code, { host, issuer, nowMs: options.nowMs }))
}

function described({ protocol, issuer }: Done, { host }: Target, insisting: boolean | undefined): Finding {
  const found = `${host} speaks ${protocol} with a trusted certificate from ${issuer}`
  if (insisting === undefined) return ok(`${found}, and accepts ours`)
  if (insisting) return ok(`${found}, asks for ours and accepts it`)
  return warning(`${found}, but does not insist on ours`, {
    cause:
      'a TLS-inspecting proxy that this machine trusts answers in place of the bank, or the wrong host does',
    cure: `have the proxy let ${host} through untouched: mutual TLS cannot pass it`,
  })
}

/**
 * Node.js does not tell whether a server asked for a certificate: a handshake without one, which in TLS 1.2 ends
 * with the server's verdict, does. Undefined when the server knows only TLS 1.3, or gives no second connection.
 */
async function insists(target: Target): Promise<boolean | undefined> {
  const { host, connectTimeoutMs: timeoutMs } = target
  const secureContext = createSecureContext({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.2' })
  const transport = await openTransport(target).catch(() => undefined)
  if (transport === undefined) return undefined
  const greeting = await greet({ host, transport, secureContext, timeoutMs })
  if (greeting.kind === 'done') return false
  const { code } = greeting.error as NodeJS.ErrnoException
  return String(code).endsWith('PROTOCOL_VERSION') ? undefined : true
}
