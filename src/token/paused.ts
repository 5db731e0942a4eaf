import { SidecarError } from '../errors.ts'
import type { Claim } from './shared.ts'

const others = 'another sidecar with these credentials'

const errors = {
  throttled: { code: 'token_throttled', message: `the authorization endpoint answered 429 to ${others}` },
  rejected: {
    code: 'credentials_rejected',
    message: `the authorization endpoint refused them: ${others} asked`,
  },
  failed: { code: 'token_unavailable', message: `${others} has just asked for a token in vain` },
  spent: {
    code: 'token_unavailable',
    message: 'the token requests that BC_TOKEN_REQUESTS_PER_MINUTE allows are spent by all sidecars together',
  },
} as const

/** What to tell while nobody of the fleet may ask. */
export function pausedError({ reason, waitMs }: Extract<Claim, { kind: 'paused' }>): SidecarError {
  const { code, message } = errors[reason]
  return new SidecarError(code, message, { retryAfterSeconds: Math.max(0, waitMs) / 1000 })
}
