import { connect, createServer, type Socket } from 'node:net'
import type { Ground } from './ground.ts'

/** A way to the upstream that takes its time: every piece arrives later, in both directions. */
export interface Distance {
  readonly port: number
  /** Connections that are open through it. */
  open(): number
  stop(): void
}

export async function keepDistance(ground: Ground, to: number, oneWayMs: number): Promise<Distance> {
  const sockets = new Set<Socket>()
  const port = await ground.port()
  const server = createServer({ noDelay: true }, (near) => {
    const far = connect({ port: to, host: '127.0.0.1', noDelay: true })
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from
        .on('data', (piece) => setTimeout(() => into.write(piece), oneWayMs))
        .on('error', () => into.destroy())
        .on('close', () => {
          sockets.delete(from)
          setTimeout(() => into.destroy(), oneWayMs)
        })
    }
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    port,
    open: () => sockets.size / 2,
    stop() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
