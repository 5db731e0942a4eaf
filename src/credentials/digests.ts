import { createHash, createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { Secret } from '../secret.ts'

/**
 * A digest that only who has the private key can compute. Files of different formats give the same: made from the numbers that
 * the key consists of, not from how a file writes them down.
 */
export function keyDigest(keyPem: string): Secret {
  const numbers = JSON.stringify(privateNumbers(createPrivateKey(keyPem)))
  return new Secret(createHash('sha256').update(numbers).digest('base64url'))
}

export function handshakeDigest(
  sent: readonly X509Certificate[],
  roots: readonly X509Certificate[] | undefined,
): string {
  const digests = (certificates: readonly X509Certificate[]): string[] =>
    certificates.map(({ fingerprint256 }) => fingerprint256)
  const parts = [digests(sent), roots === undefined ? null : digests(roots).sort()]
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url')
}

/** The primes of an RSA key, the scalar of any other. A key that JWK (RFC 7518) has no name for gives its PKCS#8. */
function privateNumbers(key: KeyObject): readonly unknown[] {
  try {
    const { kty, crv, d, p, q } = key.export({ format: 'jwk' })
    return p === undefined ? [kty, crv, d] : [kty, ...[p, String(q)].sort()]
  } catch {
    return ['pkcs8', key.export({ type: 'pkcs8', format: 'der' }).toString('base64url')]
  }
}
