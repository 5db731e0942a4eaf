import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { Secret } from '../secret.ts'
import type { Attempt } from './attempt.ts'
import { ConnectFailure, outboundProxy } from './connect-failure.ts'

export interface ProxyAddress {
  /** Speaks TLS itself. */
  readonly secure: boolean
  readonly host: string
  readonly port: number
  /** The value of Proxy-Authorization. */
  readonly authorization: Secret | undefined
}

/** Throws a `TypeError` that does not show the URL, which may hold credentials. */
export function parseProxy(url: Secret): ProxyAddress {
  const text = url.reveal()
  if (!/^https?:/i.test(text) || !URL.canParse(text)) {
    throw new TypeError('HTTPS_PROXY must be a URL that begins with http:// or https://')
  }
  const { protocol, hostname, port, username, password } = new URL(text)
  const secure = protocol === 'https:'
  const pair = `${decode(username)}:${decode(password)}`
  return {
    secure,
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port || (secure ? 443 : 80)),
    authorization: pair === ':' ? undefined : new Secret(`Basic ${Buffer.from(pair).toString('base64')}`),
  }
}

/** Percent signs that encode nothing stand for themselves. */
function decode(text: string): string {
  return decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))
}

/**
 * A connection to the bank through an outbound HTTP proxy (RFC 9110 §9.3.6), ready for TLS with the bank. Rejects with a
 * `ConnectFailure` that blames the proxy and tells its refusals apart; the proxy's credentials appear nowhere.
 */
export async function openTunnel(
  attempt: Attempt,
  proxy: ProxyAddress,
  track: (socket: Socket) => void,
): Promise<Socket> {
  const { signal } = attempt
  const transport = connectProxy(proxy)
  track(transport)
  attempt.step = 'outbound proxy'
  const onAbort = () => void transport.destroy(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    // Written before, CONNECT would fail in place of the handshake, and nothing would tell why.
    if (proxy.secure) await once(transport, 'secureConnect')
    await askToConnect(attempt, proxy, transport)
  } catch (error) {
    transport.destroy()
    throw ConnectFailure.fromProxy(error as Error)
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
  return transport
}

function askToConnect({ host, port }: Attempt, proxy: ProxyAddress, transport: Socket): Promise<void> {
  const path = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const credentials = proxy.authorization && { 'proxy-authorization': proxy.authorization.reveal() }
  return new Promise((resolve, reject) => {
    const call = request({
      method: 'CONNECT',
      path,
      headers: { host: path, connection: 'keep-alive', ...credentials },
      createConnection: () => transport,
    })
    call
      .on('error', reject)
      .on('connect', (answer, _socket, head) => {
        const refusal = refusalOf(answer, head, host)
        if (refusal === undefined) resolve()
        else reject(new ConnectFailure(outboundProxy, refusal))
      })
      .end()
  })
}

function connectProxy({ secure, host, port }: ProxyAddress): Socket {
  if (!secure) return connect({ host, port })
  const servername = isIP(host) ? '' : host
  return connectTls({ host, port, servername, rejectUnauthorized: true, minVersion: 'TLSv1.2' })
}

function refusalOf({ statusCode }: IncomingMessage, head: Buffer, host: string): string | undefined {
  if (statusCode === 407) return 'it demands credentials (407); HTTPS_PROXY names none, or wrong ones'
  if (statusCode === undefined || statusCode < 200 || statusCode > 299) {
    return `it refuses to connect to ${host} (${statusCode})`
  }
  // In TLS the client speaks first: these bytes are not the bank's.
  return head.length > 0 ? 'it sent bytes of its own into the connection' : undefined
}
