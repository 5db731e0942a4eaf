import { setImmediate } from 'node:timers/promises'
import { createPatience, isNoAnswer, type Patience, type PatienceClock, within } from './patience.ts'
import { reasonOf } from './reason.ts'
import type { OpenStore, Store } from './store.ts'

export interface FleetClock extends PatienceClock {
  /** Monotonic milliseconds. */
  readonly now: () => number
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
  /** From 0 to less than 1. */
  readonly random: () => number
  /** Calls `run` after some milliseconds, unless the returned function is called before. */
  readonly schedule: (run: () => void, delayMs: number) => () => void
}

export interface LinkStatus {
  readonly connected: boolean
  /** Milliseconds since 1970. */
  readonly since: number
  /** Why it is not connected, or was not before. */
  readonly lastError: string | null
}

export interface Answered<T> {
  readonly reply: T
  /** On the monotonic clock: the store answered between these two. */
  readonly sentAt: number
  readonly receivedAt: number
}

/** The one connection to the store, which comes and goes. */
export interface Link {
  /**
   * Rejects at once while there is no connection, but for the first attempts to connect; and when there is no answer before
   * patience ends, which ends the connection.
   */
  run<T>(command: (store: Store) => Promise<T>, patience: Patience): Promise<Answered<T>>
  readonly status: () => LinkStatus
  /** Calls once: at once if there is a connection, else when there is one. */
  whenUp(call: () => void): void
  /** Lets what is under way come to its end, if that does not take long. */
  readonly close: () => Promise<void>
}

export interface LinkOptions {
  readonly open: OpenStore
  readonly clock: FleetClock
  /** Called once for every change. */
  readonly report: (status: LinkStatus) => void
}

const closeBoundMs = 250
const probeEveryMs = 10_000
const firstRetryMs = 250
const lastRetryMs = 5_000
/** A connection that did not live longer counts as another failure in a row. */
const stableMs = 30_000

export function createLink({ open, clock, report }: LinkOptions): Link {
  const pending = new Set<Promise<unknown>>()
  const waiting = new Set<() => void>()
  let store: Store | undefined
  let status: LinkStatus = { connected: false, since: clock.wallNow(), lastError: null }
  let upAt = Number.NEGATIVE_INFINITY
  let failures = 0
  let giveUp = new AbortController()
  let cancelTimer = (): void => {}
  let closed = false
  /** The store answers, or cannot be had: one that does not answer a process that is busy starting is tried once more. */
  let tell!: () => void
  const known = new Promise<void>((resolve) => {
    tell = resolve
  })

  async function connect(): Promise<void> {
    const attempt = new AbortController()
    giveUp = attempt
    const lost = (error: unknown): void => {
      if (giveUp === attempt && store !== undefined) fall(error)
    }
    try {
      const patience = createPatience(clock)
      const opened = await within(open({ signal: attempt.signal, onLost: lost }), patience)
      attempt.signal.addEventListener('abort', () => opened.close())
      await within(opened.probe(), patience)
      if (!attempt.signal.aborted) rise(opened)
    } catch (error) {
      fall(error)
    }
  }

  function rise(opened: Store): void {
    store = opened
    upAt = clock.now()
    tell()
    change(true, status.lastError)
    scheduleProbe()
    for (const call of waiting) call()
    waiting.clear()
  }

  function scheduleProbe(): void {
    const probe = (): void =>
      void run((one) => one.probe(), createPatience(clock)).then(scheduleProbe, () => {})
    cancelTimer = clock.schedule(probe, probeEveryMs * (0.5 + clock.random() / 2))
  }

  function fall(error: unknown): void {
    if (closed) return
    giveUp.abort()
    failures = clock.now() - upAt < stableMs || store === undefined ? failures + 1 : 1
    store = undefined
    if (failures > 1 || !isNoAnswer(error)) tell()
    change(false, reasonOf(error))
    const delayMs = Math.min(lastRetryMs, firstRetryMs * 2 ** (failures - 1)) * (0.5 + clock.random() / 2)
    cancelTimer()
    cancelTimer = clock.schedule(() => void connect(), delayMs)
  }

  function change(connected: boolean, lastError: string | null): void {
    const isNew = connected !== status.connected || status.lastError === null
    status = { connected, since: isNew ? clock.wallNow() : status.since, lastError }
    if (isNew) report(status)
  }

  async function run<T>(command: (store: Store) => Promise<T>, patience: Patience): Promise<Answered<T>> {
    if (store === undefined) await within(known, patience)
    const used = store
    if (used === undefined) throw new Error('there is no connection to the token cache')
    const sentAt = clock.now()
    const work = within(command(used), patience)
    const forget = (): void => void pending.delete(work)
    pending.add(work)
    work.then(forget, forget)
    try {
      return { reply: await work, sentAt, receivedAt: clock.now() }
    } catch (error) {
      if (store === used) fall(error)
      throw error
    }
  }

  /** What has just ended may have something to write, and each command may be followed by another. */
  async function settle(): Promise<void> {
    await setImmediate()
    for (; pending.size > 0; await setImmediate()) await Promise.allSettled(pending)
  }

  void connect()
  return {
    run,
    status: () => status,
    whenUp(call) {
      if (store === undefined) waiting.add(call)
      else call()
    },
    async close() {
      closed = true
      waiting.clear()
      cancelTimer()
      await new Promise<void>((resolve) => {
        const cancel = clock.schedule(resolve, closeBoundMs)
        void settle().then(cancel).then(resolve)
      })
      giveUp.abort()
      store = undefined
    },
  }
}
