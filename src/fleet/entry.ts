import { overAfterMs, usableMs } from '../token-life.ts'
import { isRecord, isTime, parse } from './parse.ts'

/** A token as sidecars hand it on. Moments are by the store's clock. */
export interface Entry {
  readonly value: string
  readonly lifetimeMs: number
  /** The claim, if there is one. */
  readonly thumbprint: string | null
  /** Whether the token says by itself when it ends. */
  readonly dated: boolean
  /** Not later than the moment at which its life began. */
  readonly issuedAt: number
  /** The bank gave it again when it was asked for another: there is none before this one ends. */
  readonly again: boolean
}

/** The clock of a store that was replaced by another may be behind. */
const futureMs = 1_000
const longestLifeMs = 24 * 60 * 60 * 1000

export function formatEntry(entry: Entry): string {
  return JSON.stringify(entry)
}

/** Undefined for what is no token that a sidecar may send. */
export function parseEntry(text: string): Entry | undefined {
  const read = parse(text)
  if (!isRecord(read)) return undefined
  const { value, lifetimeMs, thumbprint, dated, issuedAt, again } = read
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return undefined
  if (!isTime(lifetimeMs) || lifetimeMs > longestLifeMs || !isTime(issuedAt)) return undefined
  if (thumbprint !== null && typeof thumbprint !== 'string') return undefined
  return { value, lifetimeMs, thumbprint, dated: dated !== false, issuedAt, again: again === true }
}

/** It has begun, and is not in the last part of its life. */
export function isUsable({ issuedAt, lifetimeMs }: Entry, nowMs: number): boolean {
  return issuedAt <= nowMs + futureMs && nowMs < issuedAt + usableMs(lifetimeMs)
}

/** It has ended for certain, so that the same token given again begins anew. */
export function isOver(
  { issuedAt, lifetimeMs }: Pick<Entry, 'issuedAt' | 'lifetimeMs'>,
  nowMs: number,
): boolean {
  return nowMs >= issuedAt + overAfterMs(lifetimeMs)
}

export function endOf({ issuedAt, lifetimeMs }: Entry): number {
  return issuedAt + lifetimeMs
}
