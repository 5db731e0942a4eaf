import type { IncomingMessage } from 'node:http'
import type { TLSSocket } from 'node:tls'
import { BankError } from './bank-error.ts'

interface Tokens {
  holds(token: string, thumbprint: string): boolean
}

/** SHA-1 of the certificate that the client presented, in upper-case hex. */
export function thumbprintOf({ socket }: IncomingMessage): string {
  const { fingerprint } = (socket as TLSSocket).getPeerX509Certificate() as { fingerprint: string }
  return fingerprint.replaceAll(':', '')
}

/** @throws BankError 401, unless the request carries a live token that was issued to its certificate */
export function requireBearer(request: IncomingMessage, tokens: Tokens): void {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (token === undefined) throw new BankError(401, 'Unauthorized', 'a Bearer token is needed')
  if (tokens.holds(token, thumbprintOf(request))) return
  throw new BankError(401, 'Unauthorized', 'the token is unknown, expired, or issued to another certificate')
}
