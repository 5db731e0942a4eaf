import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { SidecarError } from '../errors.ts'

export interface UploadOptions {
  readonly limitBytes: number
  /** The longest silence between two pieces, in ms. */
  readonly stallMs: number
  /** Sees every piece on its way to the bank. */
  readonly onChunk: (chunk: Buffer) => void
}

/**
 * The whole body, when it came together with its head: then it can leave in one write with ours. Node.js lets
 * us look after its bytes have arrived, but before it says that they are `complete`.
 */
export function arrivedBody(
  request: IncomingMessage,
  limitBytes: number,
  declaredBytes?: number,
): Buffer | undefined {
  const here = request.readableLength
  if ((!request.complete && here !== declaredBytes) || here > limitBytes) return undefined
  const body = (request.read() as Buffer | null) ?? Buffer.alloc(0)
  // Its end is still to be read, or Node.js would keep the request for as long as its connection.
  request.resume()
  return body
}

/**
 * The app's body as a stream for the bank, with back-pressure. Destroying it leaves the app's socket
 * open (destroying an `IncomingMessage` would close it), so that an answer can still be given.
 * Errors: `body_too_large`, `request_timeout`, and a plain `AppGone` when the app hung up.
 */
export function uploadStream(request: IncomingMessage, options: UploadOptions): Readable {
  let bytes = 0
  const stall = setTimeout(onStall, options.stallMs)
  const stream = new Readable({
    read: () => void request.resume(),
    destroy(error, callback) {
      clearTimeout(stall)
      request.off('data', onData).off('end', onEnd).off('close', onClose)
      request.pause()
      callback(error)
    },
  })

  function onData(chunk: Buffer): void {
    stall.refresh()
    bytes += chunk.length
    if (bytes > options.limitBytes) {
      stream.destroy(tooLarge(options.limitBytes))
      return
    }
    options.onChunk(chunk)
    if (!stream.push(chunk)) request.pause()
  }

  function onEnd(): void {
    clearTimeout(stall)
    stream.push(null)
  }

  function onClose(): void {
    if (!request.complete) stream.destroy(new AppGone())
  }

  function onStall(): void {
    // A body that waits for a slow bank is not the app's fault.
    if (request.isPaused()) stall.refresh()
    else stream.destroy(new SidecarError('request_timeout', `no body byte came for ${options.stallMs} ms`))
  }

  request.on('data', onData).on('end', onEnd).on('close', onClose)
  request.pause()
  // undici hears of errors once it has begun: one that comes before must not end the process.
  stream.on('error', () => undefined)
  return stream
}

/** The app hung up: nobody is left to be answered. */
export class AppGone extends Error {
  override readonly name = 'AppGone'
}

export function tooLarge(limitBytes: number): SidecarError {
  return new SidecarError('body_too_large', `the body is larger than BC_BODY_LIMIT_BYTES (${limitBytes})`)
}
