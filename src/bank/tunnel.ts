import { type IncomingMessage, request } from 'node:http'
import { connect, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import type { Secret } from '../secret.ts'
import type { Attempt } from './attempt.ts'
import { ConnectFailure } from './connect-failure.ts'

/**
 * A connection to the bank through an outbound HTTP proxy (RFC 9110 §9.3.6), ready for TLS with the bank. Rejects with a
 * `ConnectFailure` that blames the proxy and tells its refusals apart; the proxy's credentials appear nowhere.
 */
export function openTunnel(attempt: Attempt, url: Secret, track: (socket: Socket) => void): Promise<Socket> {
  const { host, port, signal } = attempt
  const authority = `${isIP(host) === 6 ? `[${host}]` : host}:${port}`
  const proxy = new URL(url.reveal())
  const transport = connectProxy(proxy)
  track(transport)
  attempt.step = 'outbound proxy'

  return new Promise((resolve, reject) => {
    const call = request({
      method: 'CONNECT',
      path: authority,
      headers: { host: authority, connection: 'keep-alive', ...authorization(proxy) },
      createConnection: () => transport,
    })
    const onAbort = () => call.destroy(signal.reason)
    signal.addEventListener('abort', onAbort, { once: true })
    call
      .on('error', (error) => reject(ConnectFailure.fromProxy(error)))
      .on('connect', (answer, socket, head) => {
        signal.removeEventListener('abort', onAbort)
        const refusal = refusalOf(answer, head, host)
        if (refusal === undefined) return resolve(socket as Socket)
        socket.destroy()
        reject(new ConnectFailure('outbound proxy', refusal))
      })
      .end()
  })
}

function connectProxy({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (protocol !== 'https:') return connect({ host, port: Number(port || 80) })
  return connectTls({
    host,
    port: Number(port || 443),
    servername: isIP(host) ? '' : host,
    rejectUnauthorized: true,
  })
}

function authorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

function refusalOf({ statusCode }: IncomingMessage, head: Buffer, host: string): string | undefined {
  if (statusCode === 407) return 'it demands credentials (407); HTTPS_PROXY names none, or wrong ones'
  if (statusCode === undefined || statusCode < 200 || statusCode > 299) {
    return `it refuses to connect to ${host} (${statusCode})`
  }
  // In TLS the client speaks first: these bytes are not the bank's.
  return head.length > 0 ? 'it sent bytes of its own into the connection' : undefined
}
