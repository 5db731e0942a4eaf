/** The world as far as time goes; a test brings its own. */
export interface Clock {
  /** Monotonic milliseconds: every expiry, back-off and budget is counted on it. */
  readonly now: () => number
  /** Milliseconds since 1970; may jump either way. */
  readonly wallNow: () => number
  /** From 0 to less than 1. */
  readonly random: () => number
  /** Calls `run` after some milliseconds, unless the returned function is called before. */
  readonly schedule: (run: () => void, delayMs: number) => () => void
}

/** `setTimeout` takes more for 1 ms. */
const longestDelayMs = 2 ** 31 - 1

export function createClock(options: Partial<Clock> = {}): Clock {
  const {
    now = () => performance.now(),
    wallNow = Date.now,
    random = Math.random,
    schedule = scheduleTimeout,
  } = options
  return { now, wallNow, random, schedule }
}

/** The timer alone keeps no process alive. */
function scheduleTimeout(run: () => void, delayMs: number): () => void {
  const timer = setTimeout(run, Math.min(delayMs, longestDelayMs)).unref()
  return () => clearTimeout(timer)
}
