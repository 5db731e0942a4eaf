import { createPrivateKey, randomBytes, randomUUID } from 'node:crypto'
import { SignJWT } from 'jose'
import type { KeyPair } from './certificate.ts'

export interface Tokens {
  readonly ttlSeconds: number
  /** `claim` is the `thumbprint` claim, when it shall not be the certificate's. */
  issue(thumbprint: string, claim?: string): Promise<string>
  /** Issued here, still alive, and to this certificate. */
  holds(token: string, thumbprint: string): boolean
}

export interface TokensOptions {
  readonly ttlSeconds: number
  readonly now: () => number
  /** RSA. */
  readonly keys: KeyPair
}

interface Issued {
  readonly thumbprint: string
  readonly expiresAt: number
}

/**
 * Each request gets a new token (whether the bank does so is not published). They do not outlive the process:
 * after a restart the API answers 401 to older ones.
 */
export function createTokens({ ttlSeconds, now, keys }: TokensOptions): Tokens {
  const sign = createSigner(ttlSeconds, keys)
  const issued = new Map<string, Issued>()
  const forgetExpired = (): void => {
    for (const [token, { expiresAt }] of issued) if (expiresAt <= now()) issued.delete(token)
  }
  return {
    ttlSeconds,
    async issue(thumbprint, claim = thumbprint) {
      const at = now()
      const token = await sign(claim, Math.floor(at / 1000))
      forgetExpired()
      issued.set(token, { thumbprint, expiresAt: at + ttlSeconds * 1000 })
      return token
    },
    holds(token, thumbprint) {
      const found = issued.get(token)
      return found !== undefined && found.expiresAt > now() && found.thumbprint === thumbprint
    },
  }
}

/** The claims are those of the bank's own example; identifiers are made anew at each start. */
function createSigner(
  ttlSeconds: number,
  { privateKey }: KeyPair,
): (thumbprint: string, iat: number) => Promise<string> {
  const key = createPrivateKey(privateKey)
  const header = { alg: 'RS256', typ: 'JWT', kid: randomBytes(32).toString('base64url') }
  const application = randomUUID()
  const user = randomUUID()
  const identity = {
    iss: `https://bc-simulator.invalid/${randomUUID()}/v2.0/`,
    aud: application,
    azp: application,
    sub: user,
    oid: user,
    name: 'API Testuser',
    userType: '4',
    ver: '1.0',
  }
  return (thumbprint, iat) =>
    new SignJWT({ ...identity, iat, nbf: iat, exp: iat + ttlSeconds, thumbprint })
      .setProtectedHeader(header)
      .sign(key)
}
