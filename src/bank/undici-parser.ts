import type { Socket } from 'node:net'

/**
 * Lets a paused answer go on when the bank has said that nothing more will come: undici asserts by then that its parser is not
 * paused, which ends the process (client-h1.js, onHttpSocketEnd). Listens before undici does.
 */
export function goOnAtEnd(socket: Socket): void {
  socket.prependListener('end', () => {
    const parser = parserOf(socket)
    if (parser?.paused) parser.resume()
  })
}

/**
 * Discards a 100 that nobody asked for, as RFC 9110 §15.2.1 has it: undici would break the connection off (client-h1.js,
 * onHeadersComplete), whatever the bank has done with the request. Once undici has the socket, and before it reads.
 */
export function discardContinue(socket: Socket): void {
  const parser = parserOf(socket)
  if (parser !== undefined) parser.onHeadersComplete = onHeadersComplete
}

const [continueStatus, processingStatus] = [100, 102]

/** To undici, a 102 is an interim answer like any other. */
function onHeadersComplete(this: Parser, status: number, upgrade: boolean, keepAlive: boolean): number {
  const prototype: Parser = Object.getPrototypeOf(this)
  const known = status === continueStatus ? processingStatus : status
  return prototype.onHeadersComplete.call(this, known, upgrade, keepAlive)
}

interface Parser {
  readonly paused: boolean
  resume(): void
  onHeadersComplete(status: number, upgrade: boolean, keepAlive: boolean): number
}

/** Not in undici's documentation; test/e2e/bank-hangs-up.test.ts and bank-interim.test.ts fail when it is no longer so. */
function parserOf(socket: Socket): Parser | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  return key && Reflect.get(socket, key)
}
