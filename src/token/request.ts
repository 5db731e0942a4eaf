import type { Dispatcher } from 'undici'
import { SidecarError } from '../errors.ts'
import type { Secret } from '../secret.ts'
import { nonsense, readAnswer } from './answer.ts'
import type { Clock } from './clock.ts'
import { requestFailure, statusFailure } from './request-failure.ts'
import type { ObtainedToken } from './token.ts'

export interface TokenRequestOptions {
  /** Over the mutual-TLS connections of the credentials that ask. */
  readonly dispatcher: Pick<Dispatcher, 'request'>
  readonly authorizationUrl: string
  readonly username: Secret
  readonly password: Secret
  readonly clock: Pick<Clock, 'now' | 'wallNow'>
  /** Ends the request, whatever it waits for; its reason is the `SidecarError` to reject with. */
  readonly signal: AbortSignal
}

const longestAnswer = 64 * 1024

/** One token request (bank-api.md). Rejects with a `SidecarError`, its `retryAfterSeconds` as the bank said. */
export async function requestToken(options: TokenRequestOptions): Promise<ObtainedToken> {
  const { clock, signal } = options
  const sentAt = clock.now()
  const wallSentAt = clock.wallNow()
  try {
    const { statusCode, headers, body } = await send(options)
    // A body that is given up breaks with an error of its own.
    body.on('error', () => {})
    try {
      if (statusCode !== 200) throw statusFailure(statusCode, headers, clock.wallNow())
      const answer = readAnswer(await readBody(body, headers['content-length']), wallSentAt)
      return { ...answer, sentAt, wallSentAt }
    } finally {
      body.destroy()
    }
  } catch (error) {
    throw signal.reason instanceof SidecarError ? signal.reason : requestFailure(error)
  }
}

/** The Basic header never leaves this function. */
function send(options: TokenRequestOptions): Promise<Dispatcher.ResponseData> {
  const { dispatcher, authorizationUrl, username, password, signal } = options
  const pair = Buffer.from(`${username.reveal()}:${password.reveal()}`, 'utf8')
  return dispatcher.request({
    origin: new URL(authorizationUrl).origin,
    path: '/api/v1/authorizations/authorize',
    method: 'GET',
    headers: {
      authorization: `Basic ${pair.toString('base64')}`,
      'content-type': 'application/json',
      accept: 'application/json',
      'accept-encoding': 'identity',
    },
    // Minutes pass between two of them: a connection kept for the next is one that the bank may be closing just then.
    reset: true,
    // The signal bounds all of it together; these would each start anew.
    headersTimeout: 0,
    bodyTimeout: 0,
    signal,
  })
}

async function readBody(body: AsyncIterable<Buffer>, length: string | string[] | undefined): Promise<Buffer> {
  if (Number(length) > longestAnswer) throw nonsense('a body larger than 64 KiB')
  const pieces: Buffer[] = []
  let bytes = 0
  for await (const piece of body) {
    bytes += piece.length
    if (bytes > longestAnswer) throw nonsense('a body larger than 64 KiB')
    pieces.push(piece)
  }
  return Buffer.concat(pieces)
}
