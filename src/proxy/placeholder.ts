const lifetimeSeconds = 300

/**
 * An unsigned JWT (RFC 7519 §6) for clients which log in by themselves: well-formed, worthless, and as
 * short-lived as the bank's.
 */
export function placeholderToken(nowSeconds: number): string {
  const iat = Math.floor(nowSeconds)
  const claims = { iss: 'bc-sidecar', sub: 'placeholder', iat, nbf: iat, exp: iat + lifetimeSeconds }
  return `${encode({ alg: 'none', typ: 'JWT' })}.${encode(claims)}.`
}

/** The body of the login's answer: `expires_in` is a string, as the bank gives it. */
export function placeholderBody(nowSeconds: number): string {
  return JSON.stringify({
    access_token: placeholderToken(nowSeconds),
    expires_in: String(lifetimeSeconds),
  })
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
