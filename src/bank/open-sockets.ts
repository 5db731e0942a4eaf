import type { Socket } from 'node:net'

export interface OpenSockets {
  /** From the moment on that a socket is made, so that none is forgotten. */
  track(socket: Socket): void
  /** All have closed. */
  drained(): Promise<void>
  destroy(): void
}

export function createOpenSockets(): OpenSockets {
  const sockets = new Set<Socket>()
  let waiting: (() => void)[] = []

  function forget(socket: Socket): void {
    sockets.delete(socket)
    if (sockets.size > 0) return
    for (const resolve of waiting) resolve()
    waiting = []
  }

  return {
    track(socket) {
      sockets.add(socket)
      // An error always comes with a close, and is told to whoever waits for the socket.
      socket.on('error', () => {}).on('close', () => forget(socket))
    },
    drained: () => (sockets.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}
