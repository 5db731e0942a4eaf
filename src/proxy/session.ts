import type { Dispatcher } from 'undici'
import type { SidecarError } from '../errors.ts'

/** What the proxy needs to know of a token: the header's value, `Bearer …`. */
export interface Token {
  readonly authorization: string
}

/** What the proxy needs from whoever keeps tokens. */
export interface Tokens<T extends Token = Token> {
  /** The token that holds now, without waiting. */
  peek(): T | undefined
  /** Waits for a token request that is under way; rejects with the `SidecarError` to answer with. */
  get(): Promise<T>
  /** Whether the token may still be sent at this moment. */
  holds(token: T): boolean
  /** After the bank's 401: another token than this one, or a rejection. */
  replacement(refused: T): Promise<T>
}

/** One generation of credentials: its connections, and the tokens that were issued to its certificate. */
export interface BankSession<T extends Token = Token> {
  readonly dispatcher: Pick<Dispatcher, 'dispatch'>
  readonly tokens: Tokens<T>
}

/** A failure of the connection to the bank as one of our errors; `sent`: something may have reached the bank. */
export type ExplainFailure = (error: unknown, sent: boolean) => SidecarError
