import { isRecord, isTime, parse } from './parse.ts'

export type FailureKind = 'failed' | 'throttled' | 'rejected'

export interface LeaseMark {
  /** A random name of the sidecar that asks. */
  readonly owner: string
  /** Counts the leases: two of one owner are told apart by it. */
  readonly number: number
  /** It ends by itself, unless its owner lives and moves this on. */
  readonly until: number
}

/** Who asks the bank, and when nobody may: what the sidecars agree on. Moments are by the store's clock. */
export interface Pace {
  readonly leases: number
  readonly lease: LeaseMark | null
  /** When the token requests of the last minute began or, once it is known, ended. */
  readonly asked: readonly number[]
  /** Nobody asks before. */
  readonly pause: { readonly until: number; readonly kind: FailureKind } | null
  /** The requests since the last that succeeded. */
  readonly failures: { readonly kind: FailureKind; readonly inARow: number; readonly owner: string } | null
}

export const emptyPace: Pace = { leases: 0, lease: null, asked: [], pause: null, failures: null }

const minuteMs = 60_000
/** A clock that is this far behind what was written was set back. */
const mostBackMs = 15 * minuteMs
/** As far as anything here may lie ahead, for a pause a day: more is a clock that was set back, and counts as over. */
const farthest = { lease: 10_000, asked: 1_000, pause: 24 * 60 * minuteMs + mostBackMs }
/** For how long anything in it may matter. */
export function lifeOf({ pause }: Pace, nowMs: number): number {
  return Math.ceil(Math.max(minuteMs + farthest.asked, (pause?.until ?? 0) - nowMs))
}

export function formatPace(pace: Pace): string {
  return JSON.stringify(pace)
}

/** Undefined for what no sidecar writes. */
export function parsePace(text: string): Pace | undefined {
  const read = parse(text)
  if (!isRecord(read) || typeof read['leases'] !== 'number') return undefined
  const { leases, lease, asked, pause, failures } = read
  if (!Array.isArray(asked) || !asked.every(isTime)) return undefined
  if (!isNullOr(lease, isLease) || !isNullOr(pause, isPause) || !isNullOr(failures, isFailures))
    return undefined
  return { leases, lease, asked, pause, failures }
}

/** Without what is over. */
export function currentPace(pace: Pace, nowMs: number): Pace {
  const { lease, pause, asked } = pace
  const ahead = (until: number, mostMs: number): boolean => until > nowMs && until <= nowMs + mostMs
  // Such a clock must not let a short pause last as long as the longest may: the request before the pause tells.
  const isSetBack = asked.some((at) => at > nowMs + mostBackMs)
  return {
    ...pace,
    lease: lease !== null && ahead(lease.until, farthest.lease) ? lease : null,
    pause: pause !== null && !isSetBack && ahead(pause.until, farthest.pause) ? pause : null,
    asked: asked.filter((at) => at > nowMs - minuteMs && at <= nowMs + farthest.asked),
  }
}

/** From when on one more request may be made; undefined when that is now. */
export function spentUntil({ asked }: Pace, requestsPerMinute: number): number | undefined {
  const tooMany = asked.length - requestsPerMinute
  if (tooMany < 0) return undefined
  return Number(asked.toSorted((a, b) => a - b)[tooMany]) + minuteMs
}

type Guard<T> = (value: unknown) => value is T

function isNullOr<T>(value: unknown, guard: Guard<T>): value is T | null {
  return value === null || guard(value)
}

function isLease(value: unknown): value is LeaseMark {
  return (
    isRecord(value) && typeof value['owner'] === 'string' && isTime(value['number']) && isTime(value['until'])
  )
}

function isPause(value: unknown): value is NonNullable<Pace['pause']> {
  return isRecord(value) && isTime(value['until']) && isKind(value['kind'])
}

function isFailures(value: unknown): value is NonNullable<Pace['failures']> {
  return (
    isRecord(value) && isKind(value['kind']) && isTime(value['inARow']) && typeof value['owner'] === 'string'
  )
}

function isKind(value: unknown): value is FailureKind {
  return value === 'failed' || value === 'throttled' || value === 'rejected'
}
