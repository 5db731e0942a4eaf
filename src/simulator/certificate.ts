import { generateKeyPair as generate, randomBytes, sign as signBytes } from 'node:crypto'
import { isIP } from 'node:net'
import { promisify } from 'node:util'
import forge from 'node-forge'

const dayMs = 86_400_000
/** Clocks differ: what is valid from now on is not yet valid for some. */
const skewMs = 3_600_000

/** PEM, PKCS#8 and SPKI. */
export interface KeyPair {
  readonly publicKey: string
  readonly privateKey: string
}

export interface Issuer {
  readonly certificate: string
  readonly privateKey: string
}

interface Validity {
  readonly commonName: string
  readonly days: number
  /** Milliseconds since 1970. */
  readonly now: number
}

export type Purpose = { readonly kind: 'client' } | { readonly kind: 'server'; names: readonly string[] }

/** RSA 2048, made off the main thread. */
export function generateKeyPair(): Promise<KeyPair> {
  return promisify(generate)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
}

/** The authority's own certificate, in PEM. */
export function issueAuthority(keys: KeyPair, validity: Validity): string {
  const certificate = unsigned(keys.publicKey, validity)
  certificate.setIssuer(certificate.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ])
  return sign(certificate, keys.privateKey)
}

/** A leaf certificate, in PEM: a server's has the names as DNS or IP subject alternative names. */
export function issueCertificate(
  publicKey: string,
  options: Validity & { readonly issuer: Issuer; readonly purpose: Purpose },
): string {
  const issuer = forge.pki.certificateFromPem(options.issuer.certificate)
  const certificate = unsigned(publicKey, options)
  certificate.setIssuer(issuer.subject.attributes)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'subjectKeyIdentifier' },
    { name: 'authorityKeyIdentifier', keyIdentifier: issuer.generateSubjectKeyIdentifier().getBytes() },
    ...purposeExtensions(options.purpose),
  ])
  return sign(certificate, options.issuer.privateKey)
}

function purposeExtensions(purpose: Purpose): object[] {
  if (purpose.kind === 'client') return [{ name: 'extKeyUsage', clientAuth: true }]
  const altNames = purpose.names.map((name) =>
    isIP(name) === 0 ? { type: 2, value: name } : { type: 7, ip: name },
  )
  return [
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ]
}

function unsigned(publicKey: string, { commonName, days, now }: Validity): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  // A leading 01 keeps the number positive and without a leading zero.
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`
  certificate.validity.notBefore = new Date(now - skewMs)
  certificate.validity.notAfter = new Date(now + days * dayMs)
  certificate.setSubject([
    { name: 'commonName', value: commonName },
    { name: 'organizationName', value: 'bc-sidecar simulator' },
  ])
  return certificate
}

function sign(certificate: forge.pki.Certificate, privateKey: string): string {
  // OpenSSL signs in a fiftieth of the time that node-forge takes; its own key is asked for `sign` alone.
  const signature = (): string => {
    const content = Buffer.from(forge.asn1.toDer(certificate.tbsCertificate).getBytes(), 'latin1')
    return signBytes('sha256', content, privateKey).toString('latin1')
  }
  certificate.sign({ sign: signature } as unknown as forge.pki.rsa.PrivateKey, forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate).replaceAll('\r\n', '\n')
}
