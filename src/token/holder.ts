import { SidecarError } from '../errors.ts'
import { createKeeper, type KeeperOptions } from './keeper.ts'
import type { TokenStatus } from './status.ts'
import { holds, type Token } from './token.ts'

/** The token of one generation of credentials. Everything rejects with a `SidecarError` with `retryAfterSeconds`. */
export interface TokenHolder {
  /** The token that holds now. For every request: two clocks and a comparison, nothing is allocated. */
  peek(): Token | undefined
  /** Waits for a token request, at most as long as one may take; rejects at once while the next try lies ahead. */
  get(): Promise<Token>
  /** Whether the token may still be sent at this moment. */
  holds(token: Token): boolean
  /** The bank answered 401: drops the token if it is still the current one and a new one can be asked for. */
  refuse(token: Token): void
  /** After the bank's 401: another token than this one, or a rejection when none can be had. */
  replacement(refused: Token): Promise<Token>
  /** One attempt now for credentials that are not in use yet; leaves `reserve` of the minute's budget to others. */
  prove(options: { readonly reserve: number }): Promise<void>
  /** What made the last attempt fail may have been mended: the next is made now, unless bank or budget forbid it. */
  retry(): void
  /** BC_TOKEN_AT_START: at once, when asked for, or at a random moment within so many milliseconds. */
  start(when: 'now' | 'never' | number): void
  status(): TokenStatus
  /** These credentials were replaced or given up: no more timers and requests, but for one that somebody waits for. */
  retire(): void
}

export interface OwnedHolder extends TokenHolder {
  /** As `retire`, and whoever waits is sent away. */
  close(): void
}

export interface HolderOptions extends KeeperOptions {
  /** Called once. */
  readonly onRetired: () => void
  /** The bank answered 401 to this token, and it was dropped; without `Bearer`. */
  readonly onRefused?: ((value: string) => void) | undefined
}

/** A bank that refuses every fresh token must not be asked for the next one again and again. */
const forcedRenewalEveryMs = 30_000

export function createHolder(options: HolderOptions): OwnedHolder {
  const { clock, slot, onRetired } = options
  const { held } = slot
  const keeper = createKeeper(options)
  let forcedAt = Number.NEGATIVE_INFINITY
  let dropped: string | undefined
  let retired = false

  function peek(): Token | undefined {
    const { token } = held
    if (token === undefined) return undefined
    const now = clock.now()
    if (!holds(token, now, clock.wallNow())) {
      // For good: a wall clock that is set back must not revive what it had ended.
      slot.drop()
      return undefined
    }
    if (now >= token.lateFrom) keeper.want()
    return token
  }

  function get(): Promise<Token> {
    const token = peek()
    if (token !== undefined) return Promise.resolve(token)
    const joined = keeper.join(0)
    keeper.want()
    return joined
  }

  function refuse({ authorization }: Token): void {
    if (held.token?.authorization !== authorization) return
    const forced = !keeper.underWay()
    const now = clock.now()
    if (forced && now < forcedAt + forcedRenewalEveryMs) return
    if (!keeper.renew()) return
    dropped = authorization
    options.onRefused?.(authorization.slice('Bearer '.length))
    if (forced) forcedAt = now
  }

  async function replacement(refused: Token): Promise<Token> {
    refuse(refused)
    const token = await get()
    if (token.authorization === refused.authorization) throw noOther()
    return token
  }

  async function prove({ reserve }: { readonly reserve: number }): Promise<void> {
    if (peek() === undefined) await keeper.join(reserve)
  }

  function leave(abandonWaiting: boolean): void {
    keeper.retire({ abandonWaiting })
    if (!retired) onRetired()
    retired = true
  }

  return {
    peek,
    get,
    holds(token) {
      const { authorization } = token
      if (authorization === dropped && held.token?.authorization !== authorization) return false
      return holds(token, clock.now(), clock.wallNow())
    },
    refuse,
    replacement,
    prove,
    retry: keeper.retry,
    start: keeper.start,
    status: keeper.status,
    retire: () => leave(false),
    close: () => leave(true),
  }
}

function noOther(): SidecarError {
  const message = 'the bank refused the token, and no other can be had now'
  return new SidecarError('token_unavailable', message, { retryAfterSeconds: 1 })
}
