import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SidecarError } from '../errors.ts'
import type { RequestHead } from './request-headers.ts'
import type { BankSession, Token } from './session.ts'

/** One request of an app, from its head to the end of its answer. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: RequestHead
  readonly requestId: string
  readonly startedAt: number
  readonly draining: () => boolean
  /** The request before it on the connection, if its answer was not complete yet. */
  readonly behind: Exchange | undefined
  /** The request after it on the connection, if that came before its answer was complete. */
  next: Exchange | undefined
  readonly method: string
  path: string
  query: string
  /** Counted as in flight: it passed every check. */
  admitted: boolean
  session: BankSession | undefined
  token: Token | undefined
  /** Something of it may have reached the bank. */
  sent: boolean
  replayed: boolean
  /** The app's connection closed before its answer was complete. */
  gone: boolean
  /** The app said that it sends no more. */
  halfClosed: boolean
  /** What it brought was no HTTP: the app was told, though it counts as gone. */
  refused: boolean
  /** A call to the bank is under way. */
  calling: boolean
  call: { abandon(): void } | undefined
  /** When its newest byte went on its way to the bank. */
  lastByteAt: number
  bankStartedAt: number
  bankEndedAt: number
  bankStatus: number
  requestBytes: number
  responseBytes: number
  problem: SidecarError | undefined
  /** Its answer says `connection: close`: no request behind it may be acted on (RFC 9112 §9.6). */
  closing: boolean
  /** The response has closed: nothing more will be written to the app. */
  closed: boolean
  /** It has been accounted for. */
  settled: boolean
}

export interface ExchangeParts {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly head: RequestHead
  readonly requestId: string
  readonly startedAt: number
  readonly draining: () => boolean
  readonly behind: Exchange | undefined
}

/** All fields from the start, so that every exchange has the same shape. */
export function openExchange(parts: ExchangeParts): Exchange {
  const { request, response, head, requestId, startedAt, draining, behind } = parts
  return {
    request,
    response,
    head,
    requestId,
    startedAt,
    draining,
    behind,
    next: undefined,
    method: request.method as string,
    path: '',
    query: '',
    admitted: false,
    session: undefined,
    token: undefined,
    sent: false,
    replayed: false,
    gone: false,
    halfClosed: false,
    refused: false,
    calling: false,
    call: undefined,
    lastByteAt: 0,
    bankStartedAt: 0,
    bankEndedAt: 0,
    bankStatus: 0,
    requestBytes: 0,
    responseBytes: 0,
    problem: undefined,
    closing: false,
    closed: false,
    settled: false,
  }
}
