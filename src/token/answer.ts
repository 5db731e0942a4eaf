import { decodeJwt } from 'jose/jwt/decode'
import { SidecarError } from '../errors.ts'
import { type LifeClaims, lifetimeOf } from './lifetime.ts'

/** What the authorization endpoint's answer says, checked. */
export interface TokenAnswer {
  readonly value: string
  readonly lifetimeMs: number
  readonly thumbprint: string | null
  /** Whether the token says by itself when it ends. */
  readonly dated: boolean
}

type Claims = LifeClaims & { readonly thumbprint?: unknown }

const longestToken = 16 * 1024

/**
 * Reads `{"access_token": …, "expires_in": …}`. Throws a `SidecarError` that says what is wrong with the answer, and nothing
 * of what it contains.
 */
export function readAnswer(body: Uint8Array, wallSentAt: number): TokenAnswer {
  const answer = parseObject(body)
  const value = checkToken(answer['access_token'])
  const claims = decodeClaims(value)
  const lifetime = lifetimeOf({ expiresIn: answer['expires_in'], claims, wallSentAt })
  if (lifetime.kind === 'nonsense') throw nonsense(lifetime.reason)
  const thumbprint = typeof claims?.thumbprint === 'string' ? claims.thumbprint : null
  return { value, lifetimeMs: lifetime.lifetimeMs, thumbprint, dated: Number.isFinite(claims?.exp) }
}

export function nonsense(reason: string): SidecarError {
  return new SidecarError('token_unavailable', `the authorization endpoint answered nonsense: ${reason}`)
}

function parseObject(body: Uint8Array): Record<string, unknown> {
  if (body.length === 0) throw nonsense('an empty body')
  const parsed = parseJson(body)
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw nonsense('no JSON object')
  return { ...parsed }
}

/** The parser's error quotes what it read, so it is not kept as the cause. */
function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    throw nonsense('no JSON')
  }
}

/** Whatever is visible ASCII can stand in a header as it is: RFC 6750's b64token, and a little more. */
function checkToken(token: unknown): string {
  if (token === undefined) throw nonsense('access_token is missing')
  if (typeof token !== 'string') throw nonsense('access_token is no string')
  if (token === '') throw nonsense('access_token is empty')
  if (token.length > longestToken) throw nonsense('access_token is too long')
  if (!/^[\x21-\x7e]+$/.test(token)) throw nonsense('access_token contains characters that no token has')
  return token
}

/** The bank verifies its tokens; here only their dates are read. One that is no JWT is fine, too. */
function decodeClaims(token: string): Claims | undefined {
  if (!/^[^.]*\.[^.]+\.[^.]*$/.test(token)) return undefined
  try {
    return decodeJwt<Record<string, unknown>>(token)
  } catch {
    return undefined
  }
}
