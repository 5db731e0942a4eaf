import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Exchange } from './exchange.ts'
import type { KeptBody, ReplayStore } from './replay-store.ts'
import { arrivedBody, uploadStream } from './upload.ts'

/** The body of one request: how it goes to the bank, and what of it is at hand for a second time. */
export interface RequestBody {
  /** What goes to the bank; a stream is made anew for a request that could not be started. */
  open(): Buffer | Readable | null
  /** The whole body, when it has arrived and was kept: what a request refused with 401 is sent again with. */
  again(): Buffer | null | undefined
  release(): void
}

export interface BodyOptions {
  readonly replays: ReplayStore
  readonly limitBytes: number
  readonly stallMs: number
  readonly now: () => number
}

export function hasBody({ head }: Exchange): boolean {
  return head.chunked || (head.contentLength ?? 0) > 0
}

export const noBody: RequestBody = { open: () => null, again: () => null, release: () => undefined }

/** Takes the body as one piece when it came with the head, else as a stream that is kept while it passes. */
export function takeBody(exchange: Exchange, options: BodyOptions): RequestBody {
  const { replays, limitBytes, stallMs, now } = options
  const { request, head } = exchange
  const kept = replays.keep()
  const count = (chunk: Buffer): void => {
    exchange.requestBytes += chunk.length
    exchange.lastByteAt = now()
    kept.add(chunk)
  }
  const arrived = arrivedBody(request, limitBytes, head.contentLength)
  if (arrived !== undefined) count(arrived)
  let stream: Readable | undefined
  function open(): Buffer | Readable {
    if (arrived === undefined) goOn(exchange)
    stream =
      arrived === undefined ? uploadStream(request, { limitBytes, stallMs, onChunk: count }) : undefined
    return stream ?? (arrived as Buffer)
  }
  function release(): void {
    // undici leaves a body alone that it has not begun to read.
    stream?.destroy()
    kept.release()
  }
  return { open, again: () => keptWhole(request, kept), release }
}

/** Not to whom has got an answer: what came of the body with its head may have been no HTTP. */
function goOn({ head, request, response }: Exchange): void {
  if (!head.expectsContinue || request.httpVersionMinor === 0 || response.headersSent) return
  head.expectsContinue = false
  response.writeContinue()
}

function keptWhole(request: IncomingMessage, kept: KeptBody): Buffer | undefined {
  return request.complete && request.readableLength === 0 ? kept.whole() : undefined
}
