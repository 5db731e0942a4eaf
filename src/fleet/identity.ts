import { createHash, hkdfSync } from 'node:crypto'
import type { Secret } from '../secret.ts'
import type { Names } from './store.ts'

/** What sidecars must have in common to share a token. */
export interface FleetIdentity {
  readonly environment: string
  readonly authorizationUrl: string
  readonly username: Secret
  readonly password: Secret
  /** SHA-1 of the client certificate. */
  readonly thumbprint: string
  /** What only who has the private key can know; the same for every file format. */
  readonly keyDigest: Secret
  /** What the bank is shown beside the certificate, and trusted by: a token proves a set only for the same. */
  readonly handshakeDigest: string
}

export interface DerivedKeys {
  readonly names: Names
  readonly sealingKey: Uint8Array
}

/**
 * Names and key from the secrets themselves (HKDF, RFC 5869): whoever does not have them can neither read, nor write, nor tell
 * whose values they are. The braces keep both in one slot of a cluster.
 */
export function deriveKeys(identity: FleetIdentity): DerivedKeys {
  const { environment, authorizationUrl, thumbprint, handshakeDigest, username, password, keyDigest } =
    identity
  const place = [environment, authorizationUrl, username.reveal(), thumbprint, handshakeDigest]
  const salt = createHash('sha256').update(JSON.stringify(place)).digest()
  const secrets = JSON.stringify([keyDigest.reveal(), password.reveal()])
  const derive = (use: string, bytes: number): Buffer =>
    Buffer.from(hkdfSync('sha256', secrets, salt, `bc-sidecar token cache 1: ${use}`, bytes))
  const name = derive('name', 16).toString('hex')
  return {
    names: { token: `bc-sidecar:token:{${name}}`, pace: `bc-sidecar:pace:{${name}}` },
    sealingKey: derive('seal', 32),
  }
}
