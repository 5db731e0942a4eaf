import type { ServerResponse } from 'node:http'

/** So much leaves in one write: what a TLS record holds (16 KiB) costs nearly as much by itself. */
const pieceBytes = 65_536
/** So much may wait for an app before it counts as slower than the bank. */
const waitingBytes = 131_072

/** Writes a body that comes in pieces: those of one turn of the event loop leave together, with the head before the first. */
export class AnswerBody {
  readonly #response: ServerResponse
  #gathering = false

  constructor(response: ServerResponse) {
    this.#response = response
  }

  /** False when the app does not take it as fast as it comes: `drain` of the response tells when it has. */
  write(piece: Buffer): boolean {
    const response = this.#response
    if (!this.#gathering) {
      this.#gathering = true
      response.cork()
      setImmediate(() => this.flush())
    }
    response.write(piece)
    if (response.writableLength < pieceBytes) return true
    this.flush()
    return response.writableLength < waitingBytes
  }

  /** Before the end of the answer, and before it is broken off: what has come so far is the app's. */
  flush(): void {
    if (!this.#gathering) return
    this.#gathering = false
    this.#response.uncork()
  }
}
