/** What the other side's TLS alerts (RFC 8446 §6.2) mean here. */
const alerts: Readonly<Record<string, string>> = {
  HANDSHAKE_FAILURE: 'it refused the TLS handshake, perhaps because of our client certificate',
  BAD_CERTIFICATE: 'it refused our client certificate as bad',
  UNSUPPORTED_CERTIFICATE: 'it does not support our kind of client certificate',
  CERTIFICATE_REVOKED: 'it refused our client certificate as revoked',
  CERTIFICATE_EXPIRED: 'it refused our client certificate as expired',
  CERTIFICATE_UNKNOWN: 'it refused our client certificate',
  CERTIFICATE_REQUIRED: 'it did not get a client certificate that it accepts',
  UNKNOWN_CA: 'it does not know the issuer of our client certificate',
  ACCESS_DENIED: 'it denies access to our client certificate',
  PROTOCOL_VERSION: 'it offers no TLS version from 1.2 on',
  UNRECOGNIZED_NAME: 'it does not know the host name',
}

// ERR_SSL_SSLV3_ALERT_…, ERR_SSL_TLSV1_ALERT_…, ERR_SSL_TLSV13_ALERT_…; from OpenSSL 3.2 on ERR_SSL_SSL/TLS_ALERT_….
const alertCode = /^ERR_SSL_.*_ALERT_([A-Z_]+)$/

/** A sentence about an alert that the other side sent; undefined when the code names none. */
export function tlsAlertReason(code: string | undefined): string | undefined {
  const name = alertCode.exec(code ?? '')?.[1]
  return name && `${alerts[name] ?? 'it ended TLS with an alert'} (${code})`
}
