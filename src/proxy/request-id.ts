import { randomBytes } from 'node:crypto'

/**
 * Names requests: by the app's `x-request-id` when it is fit for logs, else by a number of ours, unique by a
 * prefix for this process.
 */
export function createRequestIds({
  prefix = randomBytes(6).toString('hex'),
} = {}): (presented: string | undefined) => string {
  let made = 0
  return (presented) => {
    if (presented !== undefined && fit.test(presented)) return presented
    made += 1
    return `${prefix}-${made.toString(36)}`
  }
}

const fit = /^[\w.-]{1,128}$/

/** The trace id of a W3C Trace Context `traceparent`, or nothing when that is malformed. */
export function traceIdOf(traceparent: string | undefined): string | undefined {
  return traceparent !== undefined && wellFormed.test(traceparent) ? traceparent.slice(3, 35) : undefined
}

// W3C Trace Context §3.2.2: version ff and ids of zeros are invalid, and only later versions may say more.
const wellFormed =
  /^(?:00(?=.{53}$)|(?!00|ff)[\da-f]{2})-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}(?:$|-)/
