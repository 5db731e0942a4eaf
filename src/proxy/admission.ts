import type { Socket } from 'node:net'
import { SidecarError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { checkOrigin } from './origin-check.ts'
import { checkPath } from './request-path.ts'
import { tooLarge } from './upload.ts'

export interface AdmissionOptions {
  readonly draining: () => boolean
  readonly checkHost: (
    hosts: readonly string[],
    socket: Socket,
  ) => 'ok' | 'missing' | 'repeated' | 'not_allowed'
  /** Whether what the app presented is the secret; undefined when none is asked for. */
  readonly acceptsSecret: ((presented: string) => boolean) | undefined
  readonly isAllowed: (method: string, path: string) => boolean
  /** The sidecar answers this one by itself, whatever the rules say. */
  readonly isLogin: (method: string, path: string) => boolean
  readonly bodyLimitBytes: number
  readonly inFlight: () => number
  readonly maxInFlight: number
}

/** The checks of a request, in their order; undefined when it may go on, else what to answer. */
export function createAdmission(options: AdmissionOptions): (exchange: Exchange) => SidecarError | undefined {
  return (exchange) =>
    checkDraining(options) ??
    checkVersion(exchange) ??
    checkMethod(exchange) ??
    checkHost(options, exchange) ??
    checkSite(exchange) ??
    checkSecret(options, exchange) ??
    checkTarget(exchange) ??
    checkRules(options, exchange) ??
    checkBody(options, exchange) ??
    checkCapacity(options)
}

/** Node.js's parser takes HTTP/0.9 and HTTP/2.0 in a request line too. */
function checkVersion({ request }: Exchange): SidecarError | undefined {
  if (request.httpVersionMajor !== 1)
    return new SidecarError('invalid_request', 'only HTTP/1.1 is spoken here')
}

const methods: ReadonlySet<string> = new Set('GET HEAD POST PUT PATCH DELETE OPTIONS'.split(' '))

function checkDraining({ draining }: AdmissionOptions): SidecarError | undefined {
  if (draining()) return new SidecarError('draining', 'the sidecar is shutting down')
}

function checkMethod({ method }: Exchange): SidecarError | undefined {
  if (!methods.has(method)) return new SidecarError('method_not_allowed', `${method} is not forwarded`)
}

function checkHost({ checkHost }: AdmissionOptions, { head, request }: Exchange): SidecarError | undefined {
  const verdict = checkHost(head.hosts, request.socket)
  if (verdict !== 'ok') return new SidecarError('host_not_allowed', hostFault(verdict, head.hosts.join()))
}

function hostFault(verdict: 'missing' | 'repeated' | 'not_allowed', host: string): string {
  if (verdict === 'missing') return 'the Host header is missing'
  if (verdict === 'repeated') return 'there is more than one Host header'
  const shown = JSON.stringify(host.slice(0, 255))
  return `Host ${shown} is neither loopback nor the address of the connection; if it is meant to call here, add it to BC_ALLOWED_HOSTS`
}

function checkSite({ head }: Exchange): SidecarError | undefined {
  const decision = checkOrigin(head)
  if (decision.kind === 'refused') {
    const name = decision.reason === 'origin' ? 'Origin' : 'Sec-Fetch-Site'
    return new SidecarError('cross_site_request', `the header ${name} says that a web page sent this`)
  }
}

function checkSecret({ acceptsSecret }: AdmissionOptions, { head }: Exchange): SidecarError | undefined {
  if (acceptsSecret === undefined || acceptsSecret(head.appSecret ?? '')) return
  const fault = head.appSecret === undefined ? 'is missing' : 'does not hold the app secret'
  return new SidecarError('app_not_authenticated', `the header bc-sidecar-secret ${fault}`)
}

function checkTarget(exchange: Exchange): SidecarError | undefined {
  const decision = checkPath(exchange.request.url as string)
  if (decision.kind === 'refused') return new SidecarError(decision.code, decision.reason)
  exchange.path = decision.path
  exchange.query = decision.query
}

function checkRules(options: AdmissionOptions, { method, path }: Exchange): SidecarError | undefined {
  if (options.isLogin(method, path) || options.isAllowed(method, path)) return
  return new SidecarError('route_not_allowed', `no rule of BC_ALLOW allows ${method} on this path`)
}

function checkBody(
  { bodyLimitBytes }: AdmissionOptions,
  { head, method }: Exchange,
): SidecarError | undefined {
  if (head.fault !== undefined) return new SidecarError('invalid_request', head.fault)
  const { chunked, contentLength = 0 } = head
  const bodiless = method === 'GET' || method === 'HEAD'
  if (bodiless && (chunked || contentLength > 0))
    return new SidecarError('invalid_request', `${method} with a body is not forwarded`)
  if (contentLength > bodyLimitBytes) return tooLarge(bodyLimitBytes)
}

function checkCapacity({ inFlight, maxInFlight }: AdmissionOptions): SidecarError | undefined {
  if (inFlight() < maxInFlight) return
  return new SidecarError('overloaded', `${maxInFlight} requests are in flight already (BC_MAX_IN_FLIGHT)`, {
    retryAfterSeconds: 1,
  })
}
