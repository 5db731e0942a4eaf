import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { CredentialSet } from './credential-set.ts'
import { isPfxOf } from './pfx.ts'

/** A certificate with less life than this is made again at start. */
const leastLifeMs = 86_400_000

/**
 * Whether these files are one whole set that still holds. Files are written one by one: a run that was
 * interrupted leaves old ones beside new ones, which only their contents show.
 */
export function isSound(set: CredentialSet, now: number): boolean {
  try {
    const passphrase = set.passphrase.toString()
    const authority = new X509Certificate(set['ca.pem'])
    const client = new X509Certificate(set['client.pem'])
    const holdsUntil = Math.min(Date.parse(authority.validTo), Date.parse(client.validTo))
    return (
      holdsUntil > now + leastLifeMs &&
      authority.checkPrivateKey(createPrivateKey(set['ca-key.pem'])) &&
      client.checkPrivateKey(createPrivateKey(set['client-key.pem'])) &&
      client.verify(authority.publicKey) &&
      isPfxOf('modern', set['client.pfx'], client.raw, passphrase) &&
      isPfxOf('legacy', set['client-legacy.pfx'], client.raw, passphrase) &&
      set.username.length > 0 &&
      set.password.length > 0
    )
  } catch {
    // Whatever cannot be parsed is unsound.
    return false
  }
}
