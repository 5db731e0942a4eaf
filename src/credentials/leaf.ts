import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Unlocked } from './unlock.ts'
import { unusable } from './unusable.ts'

export interface Leaf {
  readonly certificate: X509Certificate
  /** PKCS#8 PEM. */
  readonly keyPem: string
  /** What to send: the leaf, then who issued it, up to but not with the root, which servers have (RFC 5246 §7.4.2). */
  readonly chain: readonly X509Certificate[]
}

export interface LeafOptions {
  /** Names the certificate file in messages. */
  readonly name: string
  readonly unlocked: Unlocked
}

/** The certificate that a key belongs to, among the certificates of a file in any order. */
export function findLeaf({ name, unlocked }: LeafOptions): Leaf {
  const certificates = unlocked.certificates.map((der, index) => parseCertificate(name, der, index))
  if (certificates.length === 0)
    throw unusable(`the ${name} holds no certificate`, 'give the one with the client certificate')
  if (unlocked.keys.length === 0) {
    throw unusable(
      `the certificate in the ${name} comes without its private key`,
      'export it with its key, or name the key file',
    )
  }
  const [newest] = unlocked.keys
    .flatMap((keyPem) => matches(certificates, keyPem))
    .sort((a, b) => Date.parse(b.certificate.validFrom) - Date.parse(a.certificate.validFrom))
  if (newest === undefined) {
    throw unusable(
      `the private key belongs to another certificate than that in the ${name}`,
      'replace both together',
    )
  }
  return { ...newest, chain: chainOf(newest.certificate, certificates) }
}

/** `name` names the file in messages, `index` counts from 0. */
export function parseCertificate(name: string, der: Uint8Array, index: number): X509Certificate {
  try {
    return new X509Certificate(der)
  } catch (error) {
    throw unusable(`certificate ${index + 1} in the ${name} is damaged`, 'copy the file again', error)
  }
}

/** `RSA 2048`, `EC P-256`, … */
export function describeKey(key: KeyObject): string {
  const { modulusLength, namedCurve = '' } = { ...key.asymmetricKeyDetails }
  const curves: Readonly<Record<string, string>> = {
    prime256v1: 'P-256',
    secp384r1: 'P-384',
    secp521r1: 'P-521',
  }
  const size = modulusLength ?? curves[namedCurve] ?? namedCurve
  return `${String(key.asymmetricKeyType).toUpperCase()} ${size}`.trimEnd()
}

function matches(
  certificates: readonly X509Certificate[],
  keyPem: string,
): Array<{ certificate: X509Certificate; keyPem: string }> {
  const key = createPrivateKey(keyPem)
  return certificates
    .filter((certificate) => certificate.checkPrivateKey(key))
    .map((certificate) => ({ certificate, keyPem }))
}

function chainOf(leaf: X509Certificate, certificates: readonly X509Certificate[]): X509Certificate[] {
  const chain = [leaf]
  for (
    let issuer = issuerOf(leaf, certificates);
    issuer !== undefined;
    issuer = issuerOf(issuer, certificates)
  ) {
    if (chain.includes(issuer) || isIssuedBy(issuer, issuer)) break
    chain.push(issuer)
  }
  return chain
}

function issuerOf(
  certificate: X509Certificate,
  certificates: readonly X509Certificate[],
): X509Certificate | undefined {
  return certificates.find((other) => isIssuedBy(certificate, other))
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)
}
