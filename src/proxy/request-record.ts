import { type ProblemCode, problems, type RequestSent, type SidecarError } from '../errors.ts'
import type { Exchange } from './exchange.ts'
import { problemAnswer } from './problem.ts'

/** What is told of one request when it is over, for the access log and the metrics. Times in ms. */
export interface RequestRecord {
  readonly environment: string
  readonly method: string
  readonly route: string
  readonly status: number
  readonly origin: 'bank' | 'sidecar'
  readonly code: ProblemCode | undefined
  readonly requestSent: RequestSent | undefined
  readonly replayed: boolean
  readonly durationMs: number
  readonly bankMs: number | undefined
  readonly bankStatus: number | undefined
  readonly requestBytes: number
  readonly responseBytes: number
  readonly requestId: string
  readonly traceId: string | undefined
}

/** nginx's number for an app that hung up before its answer was complete. */
const appGone = 499

export function recordOf(
  exchange: Exchange,
  environment: string,
  route: string,
  endedAt: number,
): RequestRecord {
  const { problem, gone, refused, response, bankStatus, head } = exchange
  const brokenOff = problem !== undefined && response.headersSent && bankStatus === response.statusCode
  const fromSidecar = bankStatus === 0 || (problem !== undefined && !brokenOff)
  return {
    environment,
    method: exchange.method,
    route,
    status: gone && !refused && !brokenOff ? appGone : response.statusCode,
    origin: fromSidecar ? 'sidecar' : 'bank',
    code: problem?.code,
    requestSent: fromSidecar || gone ? (problem?.requestSent ?? (exchange.sent ? 'maybe' : 'no')) : undefined,
    replayed: exchange.replayed,
    durationMs: endedAt - exchange.startedAt,
    bankMs: exchange.bankStartedAt === 0 ? undefined : exchange.bankEndedAt - exchange.bankStartedAt,
    bankStatus: bankStatus === 0 ? undefined : bankStatus,
    requestBytes: exchange.requestBytes,
    responseBytes: exchange.responseBytes,
    requestId: exchange.requestId,
    traceId: head.traceId,
  }
}

interface Refusal {
  readonly environment: string
  readonly method: string
  readonly route: string
  readonly problem: SidecarError
  readonly requestId: string
}

/** Of an answer to bytes that are no request. */
export function recordOfNone({ environment, method, route, problem, requestId }: Refusal): RequestRecord {
  const { body } = problemAnswer(problem, { environment, requestId })
  return {
    environment,
    method,
    route,
    status: problems[problem.code].status,
    origin: 'sidecar',
    code: problem.code,
    requestSent: problem.requestSent,
    replayed: false,
    durationMs: 0,
    bankMs: undefined,
    bankStatus: undefined,
    requestBytes: 0,
    responseBytes: Buffer.byteLength(body),
    requestId,
    traceId: undefined,
  }
}
