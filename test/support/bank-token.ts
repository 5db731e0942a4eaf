import { randomBytes, randomUUID } from 'node:crypto'

export interface IssuedToken {
  readonly token: string
  /** SHA-1 of the client certificate that asked for it, upper-case hex. */
  readonly thumbprint: string
  readonly expiresAt: number
}

function part(content: unknown): string {
  return Buffer.from(JSON.stringify(content)).toString('base64url')
}

/** A token of the shape that the bank's documentation shows, about 1.1 KB; its signature is noise. */
export function makeToken(
  thumbprint: string,
  lifeSeconds: number,
  claims: Record<string, unknown> = {},
): IssuedToken {
  const now = Date.now()
  const iat = Math.floor(now / 1000)
  const x5t = randomBytes(20).toString('base64url')
  const header = part({ alg: 'RS256', kid: randomBytes(20).toString('hex').toUpperCase(), x5t, typ: 'JWT' })
  const payload = part({
    iss: `https://authorization.test/${randomUUID()}/v2.0/`,
    exp: iat + lifeSeconds,
    nbf: iat,
    iat,
    aud: randomUUID(),
    azp: randomUUID(),
    sub: randomUUID(),
    oid: randomUUID(),
    name: 'API Testuser',
    userType: '4',
    ver: '1.0',
    thumbprint,
    ...claims,
  })
  const signature = randomBytes(256).toString('base64url')
  return { token: `${header}.${payload}.${signature}`, thumbprint, expiresAt: now + lifeSeconds * 1000 }
}
