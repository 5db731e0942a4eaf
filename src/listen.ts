import { lstat, unlink } from 'node:fs/promises'
import { type AddressInfo, connect } from 'node:net'
import type { FastifyInstance } from 'fastify'

export type ListenAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** A listener that could not be opened: the message is a sentence for the operator. */
export class ListenError extends Error {
  override readonly name = 'ListenError'
}

/**
 * Opens a listener; the answer is what it listens on, with the real port. A unix socket gets mode 0660, and
 * one that a dead process left behind is replaced. Throws a `ListenError`.
 */
export async function listenOn(app: FastifyInstance, address: ListenAddress): Promise<string> {
  try {
    if (address.kind === 'tcp') {
      await app.listen({ host: address.host, port: address.port })
      // Of an address that stands for all, fastify would name only one.
      const { address: host, port } = app.server.address() as AddressInfo
      return `http://${addressText({ kind: 'tcp', host, port })}`
    }
    await removeStaleSocket(address.path)
    await listenOnSocket(app, address.path)
    return `unix:${address.path}`
  } catch (error) {
    if (error instanceof ListenError) throw error
    throw new ListenError(sentence(address, error as NodeJS.ErrnoException), { cause: error })
  }
}

/** By mask, not by chmod: others could connect before that. */
async function listenOnSocket(app: FastifyInstance, path: string): Promise<void> {
  await app.ready()
  const before = process.umask(0o117)
  try {
    // Node.js binds within this call, when nothing has to be resolved and Fastify is ready.
    await app.listen({ path })
  } finally {
    process.umask(before)
  }
}

export function addressText(address: ListenAddress): string {
  if (address.kind === 'unix') return `unix:${address.path}`
  return address.host.includes(':') ? `[${address.host}]:${address.port}` : `${address.host}:${address.port}`
}

async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined)
  if (found === undefined) return
  if (!found.isSocket())
    throw new ListenError(`${path} exists and is no socket: remove it, or listen elsewhere`)
  if (await answers(path)) throw new ListenError(`another process listens on unix:${path}`)
  await unlink(path)
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    // Any other failure than "nobody listens" may be that of a living one: full, or another user's.
    socket.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'ECONNREFUSED'))
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
  })
}

function sentence(address: ListenAddress, { code, message }: NodeJS.ErrnoException): string {
  const where = addressText(address)
  const reasons: Record<string, string> = {
    EADDRINUSE: 'another process listens there: stop it, or choose another address',
    EADDRNOTAVAIL: 'this machine has no such address',
    // Of a unix socket, libuv says it for ENOENT as well.
    EACCES:
      address.kind === 'unix'
        ? 'its directory does not exist, or this process may not write to it'
        : 'this process may not listen there: choose a port above 1023',
    ENOTFOUND: 'that name cannot be resolved',
  }
  return `cannot listen on ${where}: ${reasons[code ?? ''] ?? message}`
}
