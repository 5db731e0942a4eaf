import { randomBytes } from 'node:crypto'
import { buildSet } from '../../credentials/build-set.ts'
import type { CredentialSet } from '../../credentials/credential-set.ts'
import { readStableSnapshot } from '../../credentials/snapshot.ts'
import { type CredentialSources, filesOf } from '../../credentials/sources.ts'
import { unlockAside } from '../../credentials/unlock-aside.ts'
import { validityFault } from '../../credentials/validity.ts'
import { credentialAdvice } from './credential-advice.ts'
import { type Finding, failed, ok, warning } from './finding.ts'

export interface CertificateCheck {
  readonly finding: Finding
  /** Undefined when there is none that can be used. */
  readonly set: CredentialSet | undefined
}

/** Opens certificate and key as `run` does, but for the dates, which are a step of their own. */
export async function checkCertificate(
  sources: CredentialSources,
  wallNow: () => number,
): Promise<CertificateCheck> {
  try {
    const snapshot = await readStableSnapshot({ files: filesOf(sources), digestKey: randomBytes(32) })
    const set = await buildSet({ sources, snapshot, wallNow, unlock: unlockAside })
    return { finding: describe(set), set }
  } catch (error) {
    return { finding: failed('the certificate cannot be used', credentialAdvice(error)), set: undefined }
  }
}

const formats: Readonly<Record<CredentialSet['format'], string>> = {
  pfx: 'PFX',
  'legacy pfx': 'PFX in RC2, which OpenSSL refuses and bc-sidecar reads by itself',
  pem: 'PEM',
}

function describe(set: CredentialSet): Finding {
  const { format, keyType, chainLength, subject, issuer, thumbprint, warnings } = set
  const chain = chainLength === 1 ? 'no intermediates' : `a chain of ${chainLength}`
  const found = `${formats[format]}; ${keyType}, ${chain}, ${subject}, from ${issuer}, thumbprint ${thumbprint}`
  if (warnings.length === 0) return ok(found)
  const cure = 'nothing is urgent, as it works: do what the cause says when there is time'
  return warning(found, { cause: warnings.join('; '), cure })
}

const dayMs = 86_400_000

/** Fewer days than this are worth a word; `run` begins to warn then, too. */
const fewDays = 30

export function checkDates(set: CredentialSet, nowMs: number): Finding {
  const fault = validityFault(set, nowMs)
  const clock = `this machine's clock says ${new Date(nowMs).toISOString()}`
  if (fault !== undefined) {
    const { cause, cure } = credentialAdvice(fault)
    const found = `not valid now: from ${set.notBefore.toISOString()} until ${set.notAfter.toISOString()}; ${clock}`
    return failed(found, { cause: `${cause}, or the clock is off`, cure })
  }
  const days = Math.floor((set.notAfter.getTime() - nowMs) / dayMs)
  const found = `valid until ${set.notAfter.toISOString()}, ${days} days left`
  if (days >= fewDays) return ok(found)
  const cure = 'ask the bank for a new certificate now; the files may be replaced while bc-sidecar runs'
  return warning(found, { cause: 'the certificate expires soon', cure })
}
