import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

export interface KeptValuesOptions {
  readonly keepPreviousMs: number
  /** Monotonic milliseconds. */
  readonly now: () => number
}

export interface KeptValues {
  /** Makes a value the newest: the one before stays good for a while. */
  adopt(value: Uint8Array): void
  /** Whether it is the newest or still good: the time taken tells nothing of the values. */
  includes(value: Uint8Array): boolean
}

/** Keeps no value itself, only what a random key makes of it: of one length, and of no use to who guesses. */
export function createKeptValues({ keepPreviousMs, now }: KeptValuesOptions): KeptValues {
  const key = randomBytes(32)
  const fingerprint = (value: Uint8Array): Buffer => createHmac('sha256', key).update(value).digest()
  let kept: ReadonlyArray<{ readonly print: Buffer; readonly until: number }> = []
  return {
    adopt: (value) => {
      const print = fingerprint(value)
      if (kept[0]?.print.equals(print)) return
      const previous = kept.map((old) => ({ ...old, until: Math.min(old.until, now() + keepPreviousMs) }))
      kept = [{ print, until: Number.POSITIVE_INFINITY }, ...previous.filter(({ until }) => until > now())]
    },
    includes: (value) => {
      const print = fingerprint(value)
      return kept.filter((old) => timingSafeEqual(old.print, print)).some(({ until }) => until > now())
    },
  }
}
