import { SidecarError } from '../errors.ts'
import type { Clock } from './clock.ts'
import { tooLate } from './request-failure.ts'
import type { Obtain, ObtainedToken } from './token.ts'

export interface FlightOptions<T> {
  readonly obtain: Obtain
  readonly clock: Pick<Clock, 'now' | 'wallNow' | 'schedule'>
  /** The longest that anybody waits. */
  readonly timeoutMs: number
  /** How long from now nobody will wait, as far as is known: an attempt may last that much longer. */
  readonly leisureMs: () => number
  /** Makes what was obtained the held token; throws when it is of no use. */
  readonly land: (obtained: ObtainedToken) => T
  /** Remembers a failure, and gives the error for whoever waits. */
  readonly crash: (error: SidecarError) => SidecarError
  /** Nothing is under way any more. */
  readonly ended: () => void
}

/** At most one attempt at a time to get a token, for all who wait for it. */
export interface Flight<T> {
  underWay(): Promise<T> | undefined
  begin(): Promise<T>
  /** Waits for an attempt, and is counted as waiting. */
  wait(flying: Promise<T>): Promise<T>
  /** Breaks the attempt off, if there is one; unless told so not while somebody waits, who would get the reason. */
  cancel(reason: SidecarError, options: { readonly abandonWaiting: boolean }): void
}

export function createFlight<T>(options: FlightOptions<T>): Flight<T> {
  const { clock, timeoutMs, leisureMs, crash, ended } = options
  let underWay: Promise<T> | undefined
  let controller = new AbortController()
  let hurry = new AbortController()
  let waiting = 0
  let stopTimer = (): void => {}

  function endAfter(ms: number): void {
    stopTimer()
    stopTimer = clock.schedule(() => controller.abort(tooLate(timeoutMs)), ms)
  }

  async function fly(signal: AbortSignal): Promise<T> {
    endAfter(timeoutMs + leisureMs())
    try {
      return await attempt(options, signal, hurry.signal).catch((error: unknown) => {
        throw crash(asSidecarError(error))
      })
    } finally {
      stopTimer()
      underWay = undefined
      ended()
    }
  }

  return {
    underWay: () => underWay,
    begin() {
      controller = new AbortController()
      hurry = new AbortController()
      underWay = fly(controller.signal)
      // Nobody need be waiting for it.
      underWay.catch(() => {})
      return underWay
    },
    async wait(flying) {
      waiting++
      if (!hurry.signal.aborted) endAfter(timeoutMs)
      hurry.abort()
      try {
        return await flying
      } finally {
        waiting--
      }
    },
    cancel(reason, { abandonWaiting }) {
      if (abandonWaiting || waiting === 0) controller.abort(reason)
    },
  }
}

/**
 * When the wall clock ran ahead of the monotonic one meanwhile (it was set, or the machine slept), what came of the attempt says
 * nothing about the bank: it is made once more.
 */
async function attempt<T>(
  { obtain, clock, land }: FlightOptions<T>,
  signal: AbortSignal,
  hurry: AbortSignal,
): Promise<T> {
  const startedAt = clock.now()
  const wallStartedAt = clock.wallNow()
  try {
    return land(await obtain(signal, hurry))
  } catch (error) {
    const leapMs = clock.wallNow() - wallStartedAt - (clock.now() - startedAt)
    if (signal.aborted || leapMs < 1000) throw error
    return land(await obtain(signal, hurry))
  }
}

function asSidecarError(error: unknown): SidecarError {
  if (error instanceof SidecarError) return error
  return new SidecarError('token_unavailable', 'the token request failed inside the sidecar', {
    cause: error,
  })
}
