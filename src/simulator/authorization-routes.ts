import { createHash, timingSafeEqual } from 'node:crypto'
import { BankError } from './bank-error.ts'
import { thumbprintOf } from './bearer.ts'
import type { FaultPlan } from './fault-plan.ts'
import type { Listener } from './listener.ts'
import type { Throttle } from './throttle.ts'
import { tokenAnswerFaults, tokenDelayFaults } from './token-answer-faults.ts'
import { tokenClaimFaults, tokenShapeFaults } from './token-shape-faults.ts'

interface Tokens {
  readonly ttlSeconds: number
  issue(thumbprint: string, claim?: string): Promise<string>
}

export interface AuthorizationOptions {
  readonly username: string
  readonly password: string
  readonly tokens: Tokens
  readonly throttle: Throttle
  readonly plan: FaultPlan
}

/**
 * The token endpoint. The throttle comes first, so that it counts whatever a client sends. Whether the bank's
 * 429 has a Retry-After is not published: ours has none, which is harder on clients; faults give it one.
 */
export function addAuthorizationRoutes(listener: Listener, options: AuthorizationOptions): void {
  const { tokens, throttle, plan } = options
  const expected = digest(`${options.username}:${options.password}`)
  listener.get('/api/v1/authorizations/authorize', async (request, reply) => {
    if (!throttle.admits(request.ip)) throw new BankError(429, 'TooManyRequests', 'too many token requests')
    const delay = plan.next(tokenDelayFaults)
    await delay?.act(delay.value)
    const answer = plan.next(tokenAnswerFaults)
    if (answer !== undefined) return answer.act(reply, answer.value)
    requireBasic(request.headers.authorization, expected)
    const access_token = await tokens.issue(thumbprintOf(request.raw), plan.next(tokenClaimFaults)?.act)
    // A string, as the bank's is.
    const issued = { access_token, expires_in: String(tokens.ttlSeconds) }
    const shape = plan.next(tokenShapeFaults)
    return shape === undefined ? issued : shape.act(issued, shape.value)
  })
}

/** Basic over UTF-8; digests are of one length, as a comparison in constant time needs. */
function requireBasic(header: string | undefined, expected: Buffer): void {
  const [, encoded = ''] = /^Basic +(\S+)$/i.exec(header ?? '') ?? []
  if (timingSafeEqual(digest(Buffer.from(encoded, 'base64').toString('utf8')), expected)) return
  throw new BankError(401, 'Unauthorized', 'user name or password is wrong')
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
