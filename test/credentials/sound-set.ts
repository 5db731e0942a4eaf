import type { CredentialSet } from '../../src/credentials/credential-set.ts'

/** As much of a set as decisions look at: its identity, its certificate and until when that holds. */
export function soundSet(
  identity: string,
  options: { notAfterMs?: number; thumbprint?: string } = {},
): CredentialSet {
  const { notAfterMs = Number.MAX_SAFE_INTEGER / 2, thumbprint = identity } = options
  const part: Partial<CredentialSet> = {
    identity,
    thumbprint,
    subject: `CN=${identity}`,
    issuer: 'CN=Test Root',
    notBefore: new Date(0),
    notAfter: new Date(notAfterMs > 8e15 ? 8e15 : notAfterMs),
    loadedAt: new Date(0),
  }
  return part as CredentialSet
}
