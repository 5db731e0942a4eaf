export interface Settling {
  /** Whether the same is wrong for long enough that nobody is likely to be still writing. */
  hasLasted(message: string): boolean
  /** Nothing is wrong. */
  reset(): void
}

/** `now` gives monotonic milliseconds. */
export function createSettling({ now, settleMs }: { now: () => number; settleMs: number }): Settling {
  let first: { message: string; at: number } | undefined
  return {
    hasLasted: (message) => {
      if (first?.message !== message) first = { message, at: now() }
      return now() - first.at >= settleMs
    },
    reset: () => {
      first = undefined
    },
  }
}
