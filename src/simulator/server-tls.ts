import type { SecureContextOptions } from 'node:tls'
import { issueCertificate, type KeyPair } from './certificate.ts'

const serverDays = 397

interface ServerOptions {
  readonly names: readonly string[]
  readonly now: number
  readonly keys: KeyPair
}

interface Authority {
  readonly 'ca.pem': Buffer
  readonly 'ca-key.pem': Buffer
}

/** The server's certificate is made anew at each start, by the authority that clients know already. */
export function createServerTls(
  authority: Authority,
  { names, now, keys }: ServerOptions,
): SecureContextOptions {
  const ca = authority['ca.pem'].toString()
  const cert = issueCertificate(keys.publicKey, {
    commonName: 'bc-sidecar simulator',
    days: serverDays,
    now,
    issuer: { certificate: ca, privateKey: authority['ca-key.pem'].toString() },
    purpose: { kind: 'server', names },
  })
  return { key: keys.privateKey, cert, ca }
}
