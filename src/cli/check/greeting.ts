import { isIP, type Socket } from 'node:net'
import { connect, type SecureContext, type TLSSocket } from 'node:tls'
import { ConnectFailure } from '../../bank/connect-failure.ts'

export interface GreetingOptions {
  readonly host: string
  readonly transport: Socket
  readonly secureContext: SecureContext
  readonly timeoutMs: number
}

/** What came of a TLS handshake. */
export type Greeting =
  | {
      readonly kind: 'done'
      readonly protocol: string | null
      readonly subject: string
      readonly issuer: string
      /** Code of why the server's certificate is not trusted. */
      readonly distrust: string | undefined
    }
  | {
      readonly kind: 'broken'
      readonly error: Error
      /** The server had begun to answer in TLS: what followed is its verdict on us. */
      readonly answered: boolean
    }

/** In TLS 1.3 a server judges the client's certificate after the client is done: this long it is waited for. */
const verdictMs = 1_000

/**
 * A handshake to look at, and nothing else: the server's certificate is judged, but a bad one does not end the
 * handshake, so that it can be named. Nothing is ever sent over the connection, which is closed in the end.
 */
export async function greet(options: GreetingOptions): Promise<Greeting> {
  const { host, transport, secureContext, timeoutMs } = options
  const socket = connect({
    host,
    servername: isIP(host) ? '' : host,
    socket: transport,
    secureContext,
    rejectUnauthorized: false,
    ALPNProtocols: ['http/1.1'],
  })
  const late = new ConnectFailure(host, `no TLS within ${timeoutMs} ms`)
  const timer = setTimeout(() => socket.destroy(late), timeoutMs)
  try {
    return await observe(socket, host)
  } finally {
    clearTimeout(timer)
    socket.destroy()
    transport.destroy()
  }
}

function observe(socket: TLSSocket, host: string): Promise<Greeting> {
  return new Promise((resolve) => {
    let answered = false
    let verdict: NodeJS.Timeout | undefined
    const broken = (error: Error): void => resolve({ kind: 'broken', error, answered })
    socket
      // The first key is agreed on after the server's hello.
      .once('keylog', () => {
        answered = true
      })
      .on('error', broken)
      .once('close', () => {
        clearTimeout(verdict)
        broken(new ConnectFailure(host, 'it closed the connection in the TLS handshake'))
      })
      .once('secureConnect', () => {
        const greeting = describe(socket)
        const done = (): void => resolve(greeting)
        if (socket.getProtocol() !== 'TLSv1.3' || !socket.authorized) return done()
        // A session ticket comes after the server has accepted the certificate.
        socket.once('session', done)
        verdict = setTimeout(done, verdictMs)
      })
      // Unless it is read from, the end of a connection stays unseen.
      .resume()
  })
}

function describe(socket: TLSSocket): Greeting {
  // There is no cipher here that does without a certificate.
  const { subject, issuer } = socket.getPeerX509Certificate() as NonNullable<
    ReturnType<TLSSocket['getPeerX509Certificate']>
  >
  return {
    kind: 'done',
    protocol: socket.getProtocol(),
    subject: oneLine(subject),
    issuer: oneLine(issuer),
    distrust: socket.authorized ? undefined : String(socket.authorizationError),
  }
}

/** Node.js writes each part of a name on a line of its own. */
function oneLine(name: string): string {
  return name.split('\n').join(', ')
}
