import type { X509Certificate } from 'node:crypto'
import type { SidecarError } from '../errors.ts'
import { type BerElement, octetsOf, oidOf, partOf, partsOf, readBer } from './ber.ts'
import { unusable } from './unusable.ts'

const keyUsage = '2.5.29.15'
const extendedKeyUsage = '2.5.29.37'
const clientAuth = '1.3.6.1.5.5.7.3.2'
const anyExtendedKeyUsage = '2.5.29.37.0'
/** digitalSignature and keyAgreement, RFC 5280 §4.2.1.3: what OpenSSL's servers look for (check_purpose_ssl_client). */
const clientKeyUsages = 0x80 | 0x08

/** Why servers would refuse this certificate from a client, if its extensions say so; without them, any use is allowed. */
export function usageFault(certificate: X509Certificate, name: string): SidecarError | undefined {
  const usage = allowsSignatures(certificate) ? undefined : 'key usage'
  const forbidden = usage ?? (allowsClients(certificate) ? undefined : 'extended key usage')
  if (forbidden === undefined) return undefined
  const problem = `the ${forbidden} of the certificate in the ${name} does not allow client authentication`
  return unusable(problem, 'use the client certificate that the bank’s certificate authority issued')
}

function allowsSignatures(certificate: X509Certificate): boolean {
  const usage = extensionOf(certificate, keyUsage)
  if (usage === undefined) return true
  // A BIT STRING: the count of unused bits comes first.
  const [, bits = 0] = usage.content
  return (bits & clientKeyUsages) !== 0
}

function allowsClients(certificate: X509Certificate): boolean {
  const usage = extensionOf(certificate, extendedKeyUsage)
  if (usage === undefined) return true
  return partsOf(usage)
    .map(oidOf)
    .some((purpose) => purpose === clientAuth || purpose === anyExtendedKeyUsage)
}

/** TBSCertificate keeps its extensions in [3]; each is its identifier, perhaps a mark as critical, and its value. */
function extensionOf({ raw }: X509Certificate, wanted: string): BerElement | undefined {
  const found = partsOf(partOf(readBer(raw), 0))
    .filter(({ tag }) => tag === 0xa3)
    .flatMap((extensions) => partsOf(partOf(extensions, 0)))
    .find((extension) => oidOf(partOf(extension, 0)) === wanted)
  if (found === undefined) return undefined
  return readBer(octetsOf(partOf(found, partsOf(found).length - 1)))
}
