import { tlsAlertReason } from './tls-alerts.ts'

/** Codes of Node.js and OpenSSL; of several errors (one per address tried), the first that stands here is told. */
const reasons = {
  ENOTFOUND: 'the name does not exist',
  EAI_AGAIN: 'the name cannot be resolved now',
  EAI_FAIL: 'the name cannot be resolved',
  ENODATA: 'the name has no address',
  ECONNREFUSED: 'the connection was refused',
  ETIMEDOUT: 'the connection timed out',
  ERR_SOCKET_CONNECTION_TIMEOUT: 'the connection timed out',
  EHOSTUNREACH: 'there is no route to the host',
  ENETUNREACH: 'there is no route to the network',
  EADDRNOTAVAIL: 'no local address or port is free',
  EACCES: 'a local firewall forbids the connection',
  EPERM: 'a local firewall forbids the connection',
  EMFILE: 'this process has too many open files',
  ENFILE: 'this machine has too many open files',
  ECONNRESET:
    'it closed the connection in the TLS handshake; some servers refuse a client certificate or address so',
  BANK_RESET:
    'it closed the connection in the TLS handshake; some servers refuse a client certificate or address so',
  EPIPE: 'it closed the connection in the TLS handshake',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from a root that is not trusted (see BC_CA_FILE)',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an unknown issuer (see BC_CA_FILE)',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an unknown issuer (see BC_CA_FILE)',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    'its certificate comes from an unknown issuer, or an intermediate is missing (see BC_CA_FILE)',
  CERT_HAS_EXPIRED: 'its certificate has expired, or this clock is wrong',
  CERT_NOT_YET_VALID: 'its certificate is not yet valid, or this clock is wrong',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is wrong',
  INVALID_CA: 'its certificate was issued by one that may not issue any',
  INVALID_PURPOSE: 'its certificate is not for servers',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not answer in TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not answer in TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'it offers no TLS version from 1.2 on',
} as const satisfies Record<string, string>

/** Where the same code says something else about a proxy that was asked to CONNECT. */
const proxyReasons: Readonly<Record<string, string>> = {
  ECONNRESET: 'it closed the connection without answering CONNECT',
  EPIPE: 'it closed the connection without answering CONNECT',
}

/** Why no connection came about, as a sentence with the code. */
export function connectReason(error: Error): string {
  const found = known(error)
  if (found) return `${reasons[found]} (${found})`
  const code = codeOf(error)
  return tlsAlertReason(code) ?? `the connection failed (${code ?? error.name})`
}

/** The same for the outbound proxy. */
export function proxyReason(error: Error): string {
  const code = codeOf(error) ?? ''
  if (code.startsWith('HPE_')) return `it does not answer in HTTP (${code})`
  if (tlsAlertReason(code) !== undefined)
    return `it ended TLS with an alert; no certificate of ours is shown to it (${code})`
  const reason = proxyReasons[code]
  return reason ? `${reason} (${code})` : connectReason(error)
}

function known(error: Error): keyof typeof reasons | undefined {
  const errors = error instanceof AggregateError ? error.errors : [error]
  const codes = new Set(errors.map(codeOf))
  return (Object.keys(reasons) as (keyof typeof reasons)[]).find((code) => codes.has(code))
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
