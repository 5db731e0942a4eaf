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

interface Parser {
  readonly paused: boolean
  resume(): void
}

/** Not in undici's documentation; test/e2e/bank-hangs-up.test.ts fails when it is no longer so. */
function parserOf(socket: Socket): Parser | undefined {
  const key = Object.getOwnPropertySymbols(socket).find(({ description }) => description === 'parser')
  return key && Reflect.get(socket, key)
}
