import type { X509Certificate } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import type { Leaf } from './leaf.ts'
import { unusable } from './unusable.ts'

export interface ContextOptions {
  /** Names the certificate file in messages. */
  readonly name: string
  readonly leaf: Leaf
  /** Undefined: Node.js's own roots. */
  readonly roots: readonly X509Certificate[] | undefined
}

const refusals: Readonly<Record<string, string>> = {
  ERR_SSL_EE_KEY_TOO_SMALL: 'its key is too small',
  ERR_SSL_CA_KEY_TOO_SMALL: 'the key of an intermediate is too small',
  ERR_SSL_EE_MD_TOO_WEAK: 'its signature is too weak',
  ERR_SSL_CA_MD_TOO_WEAK: 'its signature, or that of an intermediate, is too weak',
}

/** What connections to the bank are made with. Throws certificate_unusable for what OpenSSL does not accept. */
export function secureContextFrom({ name, leaf, roots }: ContextOptions): SecureContext {
  try {
    return createSecureContext({
      cert: leaf.chain.join(''),
      key: leaf.keyPem,
      ca: roots?.map(String),
      minVersion: 'TLSv1.2',
    })
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code)
    const problem = `OpenSSL refuses the certificate in the ${name}: ${refusals[code] ?? code}`
    throw unusable(problem, 'ask the bank for one with an RSA key of at least 2048 bits or an EC key', error)
  }
}
