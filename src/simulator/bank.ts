import type { SecureContextOptions } from 'node:tls'
import { addApiRoutes } from './api-routes.ts'
import { addAuthorizationRoutes } from './authorization-routes.ts'
import type { CredentialSet } from './credential-set.ts'
import { createFaultPlan } from './fault-plan.ts'
import type { Fault } from './faults.ts'
import { createListener, type Listener, type Log } from './listener.ts'
import { createThrottle } from './throttle.ts'
import type { Tokens } from './tokens.ts'

export interface BankOptions {
  readonly credentials: CredentialSet
  readonly tls: SecureContextOptions
  readonly tokens: Tokens
  readonly throttlePerMinute: number
  readonly faults: readonly Fault[]
  readonly log: Log | undefined
  readonly keep: number
  readonly now: () => number
  readonly random: () => number
}

/** The two hosts of the bank, not yet listening: what the one issues, the other takes. */
export function createBank(options: BankOptions): {
  readonly api: Listener
  readonly authorization: Listener
} {
  const { credentials, tls, tokens, log, keep, now } = options
  const plan = createFaultPlan(options.faults, options.random)
  const api = createListener('api', tls, log)
  addApiRoutes(api, { tokens, plan, now, keep })
  const authorization = createListener('authorization', tls, log)
  addAuthorizationRoutes(authorization, {
    username: credentials.username.toString(),
    password: credentials.password.toString(),
    tokens,
    throttle: createThrottle({ perMinute: options.throttlePerMinute, now }),
    plan,
  })
  return { api, authorization }
}
