import './pki-reflect.ts'
import { webcrypto, X509Certificate } from 'node:crypto'
import * as x509 from '@peculiar/x509'
import { type KeyKind, type KeyPair, keyPair } from './pki-keys.ts'
import { makePfx, type PfxOptions } from './pki-pfx.ts'

export interface IssueOptions {
  readonly name?: string
  /** Default P-256. */
  readonly key?: KeyKind
  /** A key made before, to certify it again. */
  readonly keys?: KeyPair
  /** Default an hour ago. */
  readonly notBefore?: Date
  /** Default in one day. */
  readonly notAfter?: Date
  /** Object identifiers; default clientAuth or serverAuth; `[]` leaves the extension out. */
  readonly extendedKeyUsage?: readonly string[]
  /** Flags as below; default digitalSignature; 0 leaves the extension out. */
  readonly keyUsage?: number
  /** Leaves every extension out. */
  readonly bare?: boolean
}

export interface Issued {
  readonly certPem: string
  /** PKCS#8. */
  readonly keyPem: string
  /** The leaf and the intermediates above it, without the root. */
  readonly chainPem: string
  /** SHA-1, upper-case hex, no colons. */
  readonly thumbprint: string
  readonly keys: KeyPair
  readonly certificate: X509Certificate
  pfx(passphrase: string, options?: PfxOptions & { key?: KeyPair | 'none' }): Buffer
}

export interface Authority {
  readonly caPem: string
  /** PKCS#8. */
  readonly keyPem: string
  readonly certificate: X509Certificate
  /** `names` are DNS names or addresses; default localhost, 127.0.0.1 and ::1. */
  server(options?: IssueOptions & { names?: readonly string[] }): Promise<Issued>
  client(options?: IssueOptions): Promise<Issued>
  /** An authority below this one: what it issues carries it in `chainPem` and in its PFX. */
  intermediate(options?: IssueOptions): Promise<Authority>
}

export const keyUsages: { readonly serverAuth: string; readonly clientAuth: string; readonly any: string } = {
  serverAuth: '1.3.6.1.5.5.7.3.1',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  any: '2.5.29.37.0',
}

/** For `keyUsage`. */
export const { digitalSignature, keyAgreement, keyEncipherment } = x509.KeyUsageFlags

/** A certificate authority made on the spot, valid for a day. */
export async function createAuthority(options: IssueOptions = {}): Promise<Authority> {
  const keys = options.keys ?? (await keyPair(options.key ?? 'P-256'))
  const name = options.name ?? 'Test Root'
  const self = { name, keys }
  return authorityOf(await certify(self, { ...options, name, keys }, caExtensions()), self, [])
}

let shared: Promise<Authority> | undefined

/**
 * The one that all tests of a process share, for those that may: asked again for a server's or a client's certificate, it gives
 * the same again. Who needs two of them gives them two names.
 */
export function anyAuthority(): Promise<Authority> {
  shared ??= createAuthority().then((authority) => ({
    ...authority,
    server: once((options) => authority.server(options)),
    client: once((options) => authority.client(options)),
  }))
  return shared
}

function once(issue: (options?: IssueOptions) => Promise<Issued>): typeof issue {
  const made = new Map<string, Promise<Issued>>()
  return (options = {}) => {
    if (options.keys !== undefined) return issue(options)
    const key = JSON.stringify(options)
    const issued = made.get(key) ?? issue(options)
    made.set(key, issued)
    return issued
  }
}

interface Issuer {
  readonly name: string
  readonly keys: KeyPair
}

function authorityOf(
  certificate: X509Certificate,
  issuer: Issuer,
  above: readonly X509Certificate[],
): Authority {
  const issue = async (
    options: IssueOptions & { name: string },
    extensions: x509.Extension[],
  ): Promise<Issued> => {
    const keys = options.keys ?? (await keyPair(options.key ?? 'P-256'))
    return issued(await certify(issuer, { ...options, keys }, extensions), keys, above)
  }
  return {
    caPem: certificate.toString(),
    keyPem: issuer.keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate,
    server: (options = {}) =>
      issue({ name: 'Test Bank', ...options }, [
        alternativeNames(options.names),
        ...leafExtensions(options, keyUsages.serverAuth),
      ]),
    client: (options = {}) =>
      issue({ name: 'Test Client', ...options }, leafExtensions(options, keyUsages.clientAuth)),
    intermediate: async (options = {}) => {
      const name = options.name ?? 'Test Intermediate'
      const keys = options.keys ?? (await keyPair(options.key ?? 'P-256'))
      const made = await certify(issuer, { ...options, name, keys }, caExtensions())
      return authorityOf(made, { name, keys }, [made, ...above])
    },
  }
}

function issued(certificate: X509Certificate, keys: KeyPair, above: readonly X509Certificate[]): Issued {
  const chain = [certificate, ...above]
  return {
    certificate,
    keys,
    certPem: certificate.toString(),
    keyPem: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    chainPem: chain.map(String).join(''),
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    pfx: (passphrase, { key = keys, ...options } = {}) => {
      const pkcs8 = key === 'none' ? [] : [key.privateKey.export({ type: 'pkcs8', format: 'der' })]
      return makePfx({ certificates: chain.map(({ raw }) => raw), keys: pkcs8, passphrase }, options)
    },
  }
}

async function certify(
  issuer: Issuer,
  options: IssueOptions & { name: string; keys: KeyPair },
  extensions: x509.Extension[],
): Promise<X509Certificate> {
  const hour = 3_600_000
  const made = await x509.X509CertificateGenerator.create({
    subject: `CN=${options.name}`,
    issuer: `CN=${issuer.name}`,
    notBefore: options.notBefore ?? new Date(Date.now() - hour),
    notAfter: options.notAfter ?? new Date(Date.now() + 24 * hour),
    publicKey: options.keys.publicKey.export({ type: 'spki', format: 'der' }),
    signingKey: await signingKey(issuer.keys),
    signingAlgorithm: signing(issuer.keys.kind),
    extensions,
  })
  return new X509Certificate(made.toString('pem'))
}

function signing(kind: KeyKind): { name: string; hash?: string } {
  return kind.startsWith('RSA') ? { name: 'RSASSA-PKCS1-v1_5' } : { name: 'ECDSA', hash: 'SHA-256' }
}

async function signingKey({ kind, privateKey }: KeyPair): Promise<webcrypto.CryptoKey> {
  const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' })
  const algorithm = kind.startsWith('RSA')
    ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    : { name: 'ECDSA', namedCurve: kind }
  return webcrypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign'])
}

function caExtensions(): x509.Extension[] {
  const { keyCertSign, cRLSign } = x509.KeyUsageFlags
  return [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(keyCertSign | cRLSign, true),
  ]
}

function leafExtensions(options: IssueOptions, purpose: string): x509.Extension[] {
  if (options.bare === true) return []
  const usage = options.keyUsage ?? x509.KeyUsageFlags.digitalSignature
  const purposes = [...(options.extendedKeyUsage ?? [purpose])]
  return [
    new x509.BasicConstraintsExtension(false),
    ...(usage === 0 ? [] : [new x509.KeyUsagesExtension(usage, true)]),
    ...(purposes.length === 0 ? [] : [new x509.ExtendedKeyUsageExtension(purposes)]),
  ]
}

function alternativeNames(names: readonly string[] = ['localhost', '127.0.0.1', '::1']): x509.Extension {
  const address = /^[\d.]+$|:/
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: address.test(value) ? 'ip' : 'dns', value })),
  )
}
