import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { LRUCache } from 'lru-cache'
import type { SidecarError } from '../errors.ts'
import { type Exchange, openExchange } from './exchange.ts'
import { readRequestHead } from './request-headers.ts'
import { createRequestIds } from './request-id.ts'
import { checkPath } from './request-path.ts'
import { type RequestRecord, recordOf, recordOfNone } from './request-record.ts'

export interface ExchangesOptions {
  readonly environment: string
  readonly now: () => number
  readonly draining: () => boolean
  /** The path with its identifiers replaced. */
  readonly routeOf: (path: string) => string
  readonly record: (record: RequestRecord) => void
}

/** Paths come again and again; those with identifiers in them push each other out. */
const rememberedRoutes = 1_000

/** Also of a request that was refused before its path was looked at; '' when it can be read in more than one way. */
function pathOf({ path, request }: Exchange): string {
  if (path !== '') return path
  const decision = checkPath(request.url as string)
  return decision.kind === 'ok' ? decision.path : ''
}

/** Who is here: every request from its head until both the app and the bank are done with it. */
export function createExchanges({ environment, now, draining, routeOf, record }: ExchangesOptions) {
  const requestIdOf = createRequestIds()
  const routes = new LRUCache<string, string>({ max: rememberedRoutes })
  const onSocket = new WeakMap<Socket, Exchange>()
  let inFlight = 0

  function open(request: IncomingMessage, response: ServerResponse): Exchange {
    const head = readRequestHead(request.rawHeaders)
    const requestId = requestIdOf(head.requestId)
    const before = onSocket.get(request.socket)
    const behind = before?.closed === false ? before : undefined
    const exchange = openExchange({ request, response, head, requestId, startedAt: now(), draining, behind })
    if (behind !== undefined) behind.next = exchange
    onSocket.set(request.socket, exchange)
    response.once('close', () => closed(exchange))
    return exchange
  }

  function closed(exchange: Exchange): void {
    exchange.closed = true
    // Bytes that could not be delivered count as written.
    if (!exchange.response.writableFinished || exchange.request.socket.errored !== null) {
      exchange.gone = true
      exchange.call?.abandon()
    }
    settle(exchange)
    // Node.js says nothing of the answers that wait for their turn when their connection closes.
    if (exchange.next !== undefined && exchange.request.socket.destroyed) closed(exchange.next)
  }

  function settle(exchange: Exchange): void {
    // To abandon a call ends it at once: its end and that of the answer both come here.
    if (!exchange.closed || exchange.calling || exchange.settled) return
    exchange.settled = true
    if (exchange.admitted) inFlight -= 1
    record(recordOf(exchange, environment, route(pathOf(exchange)), now()))
  }

  /** Accounts for an answer to what never became an exchange: its request id. */
  function turnedAway(method: string, problem: SidecarError): string {
    const requestId = requestIdOf(undefined)
    record(recordOfNone({ environment, method, problem, requestId, route: routeOf('') }))
    return requestId
  }

  function route(path: string): string {
    const known = routes.get(path)
    if (known !== undefined) return known
    const made = routeOf(path)
    routes.set(path, made)
    return made
  }

  return {
    open,
    settle,
    turnedAway,
    admitted(exchange: Exchange): void {
      exchange.admitted = true
      inFlight += 1
    },
    isClosing: (socket: Socket) => onSocket.get(socket)?.closing === true,
    inFlight: () => inFlight,
    current: (socket: Socket) => onSocket.get(socket),
  }
}
