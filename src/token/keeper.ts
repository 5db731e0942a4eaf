import { SidecarError } from '../errors.ts'
import type { TokenSlot } from './cache.ts'
import type { Clock } from './clock.ts'
import { createDemand } from './demand.ts'
import { isoTime, type Report, type RequestCounts, resultOf, type TokenState } from './events.ts'
import { createFlight } from './flight.ts'
import { createLanding } from './landing.ts'
import type { Outlook } from './outlook.ts'
import { statusOf, type TokenStatus } from './status.ts'
import { holds, type Obtain, type Token } from './token.ts'

export interface KeeperOptions {
  readonly clock: Clock
  readonly slot: TokenSlot
  readonly outlook: Outlook
  readonly obtain: Obtain
  /** How long the token at hand still holds; 0 when there is none. */
  readonly leisureMs: () => number
  readonly refreshMarginMs: number
  readonly tokenTimeoutMs: number
  /** SHA-1 of the loaded certificate. */
  readonly thumbprint: string
  readonly counts: () => RequestCounts
  readonly report: Report
}

/** Sees to it that there is a token while one is wanted: by itself ahead of expiry, and again after failures. */
export interface Keeper {
  /** A token was used in the last part of its life, or asked for in vain. */
  want(): void
  /** What is under way, or a new attempt that leaves `reserve` of the budget; rejects while the next lies ahead. */
  join(reserve: number): Promise<Token>
  /** After a failure: asks again as soon as bank and budget allow. */
  readonly retry: () => void
  /** Drops the held token for a new one; false when none can be asked for now, and nothing has changed. */
  renew(): boolean
  underWay(): boolean
  readonly start: (when: 'now' | 'never' | number) => void
  readonly status: () => TokenStatus
  /** No more timers and requests; one under way goes on if somebody waits for it, unless they are abandoned. */
  retire(options: { readonly abandonWaiting: boolean }): void
}

const never = Number.POSITIVE_INFINITY

export function createKeeper(options: KeeperOptions): Keeper {
  const { clock, slot, outlook, obtain, leisureMs, tokenTimeoutMs: timeoutMs, thumbprint, report } = options
  const landing = createLanding(options)
  const demand = createDemand(clock)
  const flight = createFlight<Token>({
    obtain,
    clock,
    timeoutMs,
    leisureMs,
    land: landing.land,
    crash,
    ended,
  })
  let lastRequestAt: number | undefined
  let state: TokenState = 'none'
  let stopTimer = (): void => {}
  let settled = false
  let retired = false
  let retryWanted = false

  function alive(): Token | undefined {
    const token = slot.look()
    if (token === undefined || holds(token, clock.now(), clock.wallNow())) return token
    slot.drop()
    return undefined
  }

  function begin(): Promise<Token> {
    demand.attempted()
    lastRequestAt = clock.wallNow()
    const flying = flight.begin()
    settle()
    return flying
  }

  function crash(error: SidecarError): SidecarError {
    if (retired) return error
    const repeated = outlook.trouble()?.message === error.message
    outlook.failed(error)
    const nextAttemptAt = isoTime(clock.wallNow() + outlook.clearAt(0) - clock.now())
    report({ kind: 'failed', thumbprint, error, nextAttemptAt, repeated })
    return outlook.refusal(0)
  }

  function ended(): void {
    if (outlook.trouble() === undefined) demand.met()
    if (retired) slot.release()
    settled = true
    if (retryWanted) retry()
    settle()
  }

  function retry(): void {
    retryWanted = flight.underWay() !== undefined
    if (retryWanted || outlook.trouble() === undefined) return
    outlook.cutShort()
    demand.ask()
    wake()
  }

  /** After every change: tells a new state once, and sets the one timer for what comes next. */
  function settle(): void {
    stopTimer()
    if (retired) return
    const previous = state
    state = currentState()
    if (state !== previous) report({ kind: 'state', thumbprint, state, previous })
    const delayMs = nextMoment() - clock.now()
    if (delayMs < never) stopTimer = clock.schedule(wake, Math.max(1, Math.ceil(delayMs)))
  }

  function currentState(): TokenState {
    const trouble = outlook.trouble()
    if (trouble !== undefined) return resultOf(trouble)
    if (flight.underWay() !== undefined) return 'renewing'
    return alive() === undefined ? 'none' : 'valid'
  }

  function nextMoment(): number {
    if (flight.underWay() !== undefined) return never
    const token = alive()
    const retryAt = demand.unmet() ? outlook.clearAt(0) : never
    if (token === undefined) return Math.min(retryAt, demand.startAt() ?? never)
    return Math.min(clock.now() < token.renewAt ? token.renewAt : retryAt, token.until)
  }

  function wake(): void {
    const now = clock.now()
    const token = alive()
    const due = token === undefined || now >= token.renewAt
    if (due && demand.unmet() && mayBegin(0)) void begin()
    else settle()
  }

  function mayBegin(reserve: number): boolean {
    return !retired && flight.underWay() === undefined && outlook.clearAt(reserve) <= clock.now()
  }

  return {
    want() {
      // Once wanted, the timer does the rest: this is called for every request in the last part of a token's life.
      if (demand.ask()) wake()
    },
    join(reserve) {
      const flying = flight.underWay()
      if (flying !== undefined) return flight.wait(flying)
      if (mayBegin(reserve)) return flight.wait(begin())
      return Promise.reject(retired ? gone() : outlook.refusal(reserve))
    },
    retry,
    renew() {
      const flying = flight.underWay() !== undefined
      if (!flying && !mayBegin(0)) return false
      slot.drop()
      if (!flying) void begin()
      demand.ask()
      return true
    },
    underWay: () => flight.underWay() !== undefined,
    start(when) {
      if (when === 'never') settled = true
      else if (!landing.everHeld()) demand.start(when)
      wake()
    },
    status() {
      const facts = {
        token: alive(),
        underWay: flight.underWay() !== undefined,
        outlook,
        thumbprint,
        lastRequestAt,
        startAt: demand.startAt(),
        requests: options.counts(),
        everHeld: landing.everHeld(),
        settled,
        state: currentState(),
      }
      return statusOf(facts, clock)
    },
    retire({ abandonWaiting }) {
      retired = true
      stopTimer()
      flight.cancel(gone(), { abandonWaiting })
      slot.release()
    },
  }
}

function gone(): SidecarError {
  return new SidecarError('token_unavailable', 'these credentials are no longer in use', {
    retryAfterSeconds: 1,
  })
}
