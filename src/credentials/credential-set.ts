import type { SecureContext } from 'node:tls'
import type { Secret } from '../secret.ts'
import type { FileRole } from './sources.ts'
import type { Unlocked } from './unlock.ts'

/** One sound set of credentials. */
export interface CredentialSet {
  readonly username: Secret
  readonly password: Secret
  /** Holds certificate, chain, key and roots; TLS 1.2 at least. */
  readonly secureContext: SecureContext
  /** SHA-1 of the client certificate, upper-case hex without colons. */
  readonly thumbprint: string
  readonly subject: string
  readonly issuer: string
  readonly notBefore: Date
  readonly notAfter: Date
  /** What only who has the private key can know; the same whatever file it came from. */
  readonly keyDigest: Secret
  /** Of what a TLS handshake with the bank rests on: certificates sent, roots trusted. */
  readonly handshakeDigest: string
  /** Changes with any file of the set. Safe to log: keyed with a random number of this process. */
  readonly identity: string
  readonly loadedAt: Date
  readonly format: Unlocked['format']
  /** `RSA 2048`, `EC P-256`, … */
  readonly keyType: string
  /** Certificates sent to the bank: the leaf and its intermediates. */
  readonly chainLength: number
  /** Roots of the CA file; undefined when Node.js's own are trusted. */
  readonly rootCount: number | undefined
  readonly files: ReadonlyArray<{
    readonly role: FileRole
    readonly path: string
    readonly sizeBytes: number
  }>
  /** What is no fault, and yet worth a look: sentences. */
  readonly warnings: readonly string[]
}
