import type { ServerResponse } from 'node:http'

/** So much leaves at once: what a TLS record holds (16 KiB) costs nearly as much by itself. */
const gatheredBytes = 65_536

/** Writes a body that comes in pieces: those of one turn of the event loop leave together. */
export class AnswerBody {
  readonly #response: ServerResponse
  readonly #onFull: () => void
  #pieces: Buffer[] = []
  #bytes = 0

  /** @param onFull the app does not take it as fast as it comes; `drain` of the response tells when it has */
  constructor(response: ServerResponse, onFull: () => void) {
    this.#response = response
    this.#onFull = onFull
  }

  write(piece: Buffer): void {
    if (this.#pieces.push(piece) === 1) setImmediate(() => this.flush())
    this.#bytes += piece.length
    if (this.#bytes >= gatheredBytes) this.flush()
  }

  /** Also before the end of the answer, and before it is broken off: what has come so far is the app's. */
  flush(): void {
    const pieces = this.#pieces
    this.#pieces = []
    this.#bytes = 0
    // Node.js corks the connection from the first of them to the end of this turn.
    let taken = true
    for (const piece of pieces) taken = this.#response.write(piece)
    if (!taken) this.#onFull()
  }
}
