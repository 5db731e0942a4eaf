import { connect, type Socket } from 'node:net'
import { ConnectFailure } from '../../bank/connect-failure.ts'
import { openTunnel } from '../../bank/tunnel.ts'
import { type Advice, type Finding, failed, ok } from './finding.ts'
import type { Target } from './target.ts'

/** A TCP connection to the bank, or one through the outbound proxy. Rejects with a `ConnectFailure`. */
export function openTransport(target: Target): Promise<Socket> {
  const { host, port, proxy, connectTimeoutMs } = target
  const { signal, lift } = deadline(host, connectTimeoutMs)
  const sockets: Socket[] = []
  const track = (socket: Socket): void => void sockets.push(socket)
  const attempt = { host, port, signal, step: 'outbound proxy' as const }
  const opening = proxy ? openTunnel(attempt, proxy, track) : openDirectly(target, signal)
  return opening
    .catch((error: unknown) => {
      for (const socket of sockets) socket.destroy()
      signal.throwIfAborted()
      throw error
    })
    .finally(lift)
}

interface Deadline {
  readonly signal: AbortSignal
  /** There is no hurry any more. */
  readonly lift: () => void
}

function deadline(host: string, timeoutMs: number): Deadline {
  const late = new AbortController()
  const giveUp = (): void => late.abort(new ConnectFailure(host, `no connection within ${timeoutMs} ms`))
  const timer = setTimeout(giveUp, timeoutMs)
  return { signal: late.signal, lift: () => clearTimeout(timer) }
}

function openDirectly({ host, port }: Target, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal })
    socket
      .once('connect', () => resolve(socket))
      .once('error', (error) => reject(ConnectFailure.from(host, error)))
  })
}

export interface TransportCheck {
  readonly finding: Finding
  readonly transport: Socket | undefined
}

export async function checkTransport(target: Target): Promise<TransportCheck> {
  const { host, port, proxy } = target
  const startedAt = performance.now()
  try {
    const transport = await openTransport(target)
    const way = proxy ? ` through the outbound proxy ${proxy.host}:${proxy.port}` : ''
    const tookMs = Math.round(performance.now() - startedAt)
    return { finding: ok(`connected to ${host}:${port}${way} in ${tookMs} ms`), transport }
  } catch (error) {
    const found = `no connection to ${host}:${port}: ${(error as Error).message}`
    return { finding: failed(found, adviceFor(target)), transport: undefined }
  }
}

function adviceFor({ host, port, proxy, setting }: Target): Advice {
  if (proxy) {
    return {
      cause: `HTTPS_PROXY is wrong, or the outbound proxy does not let this machine through to ${host}`,
      cure: `correct HTTPS_PROXY, have the proxy allow CONNECT to ${host}:${port}, or exempt the host with NO_PROXY`,
    }
  }
  return {
    cause: `a firewall in between, ${setting} with the wrong host or port, or an IP address that is not on the bank's list`,
    cure: `let this machine out to ${host}:${port} or set HTTPS_PROXY, and ask the bank whether its public IP address is on the list`,
  }
}
