import { createPrivateKey, X509Certificate } from 'node:crypto'
import forge from 'node-forge'
import type { CredentialSet } from './credential-set.ts'
import * as der from './der.ts'

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
      certificateIn(set['client.pfx'], passphrase).equals(client.raw) &&
      certificateIn(set['client-legacy.pfx'], passphrase).equals(client.raw) &&
      set.username.length > 0 &&
      set.password.length > 0
    )
  } catch {
    // Whatever cannot be parsed is unsound.
    return false
  }
}

/** The first certificate in a PKCS#12 file, in DER. @throws when the passphrase or the file is wrong */
function certificateIn(pfx: Buffer, passphrase: string): Buffer {
  const opened = forge.pkcs12.pkcs12FromAsn1(der.parse(pfx.toString('latin1')), passphrase)
  const certificates = opened.safeContents
    .flatMap((content) => content.safeBags)
    .flatMap(({ cert }) => cert ?? [])
    .map((certificate) => der.encode(forge.pki.certificateToAsn1(certificate)))
  return Buffer.from(certificates.join(''), 'latin1')
}
