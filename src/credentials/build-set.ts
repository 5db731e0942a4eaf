import { Secret } from '../secret.ts'
import { usageFault } from './certificate-extensions.ts'
import type { CredentialSet } from './credential-set.ts'
import { handshakeDigest, keyDigest } from './digests.ts'
import { describeKey, findLeaf, type Leaf } from './leaf.ts'
import { controlCharacterWarnings } from './login-text.ts'
import { secureContextFrom } from './secure-context.ts'
import { partsFrom } from './set-parts.ts'
import type { Snapshot } from './snapshot.ts'
import type { CredentialSources } from './sources.ts'
import type { Material, Unlocked } from './unlock.ts'

export interface BuildOptions {
  readonly sources: CredentialSources
  readonly snapshot: Snapshot
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
  readonly unlock: (material: Material) => Promise<Unlocked>
}

/** Makes a set of what was read; its dates are not checked, as time changes the answer. Throws certificate_unusable. */
export async function buildSet(options: BuildOptions): Promise<CredentialSet> {
  const { sources, snapshot, wallNow, unlock } = options
  const { certificate, key, passphrase, texts, roots, sizes } = await partsFrom(sources, snapshot)
  const unlocked = await unlock({ certificate, key, passphrase })
  const leaf = findLeaf({ name: certificate.name, unlocked })
  const fault = usageFault(leaf.certificate, certificate.name)
  if (fault !== undefined) throw fault
  return {
    ...describe(leaf),
    username: new Secret(texts.username.text),
    password: new Secret(texts.password.text),
    secureContext: secureContextFrom({ name: certificate.name, leaf, roots }),
    keyDigest: keyDigest(leaf.keyPem),
    handshakeDigest: handshakeDigest(leaf.chain, roots),
    identity: snapshot.digest,
    loadedAt: new Date(wallNow()),
    format: unlocked.format,
    rootCount: roots?.length,
    files: sizes,
    warnings: [
      ...formatWarnings(certificate.name, unlocked),
      ...controlCharacterWarnings(Object.values(texts)),
    ],
  }
}

type Description = Pick<
  CredentialSet,
  'thumbprint' | 'subject' | 'issuer' | 'notBefore' | 'notAfter' | 'keyType' | 'chainLength'
>

function describe({ certificate, chain }: Leaf): Description {
  return {
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    notBefore: new Date(certificate.validFrom),
    notAfter: new Date(certificate.validTo),
    keyType: describeKey(certificate.publicKey),
    chainLength: chain.length,
  }
}

/** Node.js writes each part of a name on a line of its own. */
function oneLine(name: string): string {
  return name.split('\n').join(', ')
}

function formatWarnings(name: string, { format }: Unlocked): string[] {
  if (format !== 'legacy pfx') return []
  return [`the ${name} is encrypted with RC2, which is long broken: export it again with AES-256`]
}
