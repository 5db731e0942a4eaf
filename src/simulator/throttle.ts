const windowMs = 60_000

export interface Throttle {
  /** Counts the request if it is let through. */
  admits(address: string): boolean
}

/**
 * The bank throttles by IP address and minute; neither its threshold nor how it counts is published. This one
 * lets `perMinute` requests through in any 60 s, and does not count the ones that it refuses.
 */
export function createThrottle(options: {
  readonly perMinute: number
  readonly now: () => number
}): Throttle {
  let admitted: readonly { readonly address: string; readonly at: number }[] = []
  return {
    admits(address) {
      const now = options.now()
      admitted = admitted.filter(({ at }) => at > now - windowMs)
      if (admitted.filter((one) => one.address === address).length >= options.perMinute) return false
      admitted = [...admitted, { address, at: now }]
      return true
    },
  }
}
