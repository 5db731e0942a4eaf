import { type AddressInfo, createServer, type Server } from 'node:net'
import type { Test } from 'tap'
import type { Dispatcher } from 'undici'
import { Secret } from '../../src/secret.ts'
import { createClock } from '../../src/token/clock.ts'
import { requestToken } from '../../src/token/request.ts'
import type { ObtainedToken } from '../../src/token/token.ts'

export interface Ask {
  readonly dispatcher: Dispatcher
  readonly authorizationUrl: string
  readonly username?: string
  readonly password?: string
  readonly signal?: AbortSignal
}

/** One token request over real connections. */
export function ask(options: Ask): Promise<ObtainedToken> {
  const { dispatcher, authorizationUrl, username = 'api-user', password = 'pass wörd:1' } = options
  return requestToken({
    dispatcher,
    authorizationUrl,
    username: new Secret(username),
    password: new Secret(password),
    clock: createClock(),
    signal: options.signal ?? new AbortController().signal,
  })
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  await new Promise<unknown>((resolve) => server.close(resolve))
  return port
}

/** A port on which whoever speaks gets these bytes, and the end of the connection. */
export async function answerBytes(t: Test, bytes: Uint8Array): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(bytes))
  })
  t.teardown(() => new Promise<unknown>((resolve) => server.close(resolve)))
  return listen(server)
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}
