import type { ProblemCode, RequestSent } from '../errors.ts'

/** What is counted of one request when it is over. An app that hung up has the status 499. */
export interface RequestRecord {
  readonly environment: string
  readonly method: string
  /** The path with its identifiers replaced. */
  readonly route: string
  readonly status: number
  readonly origin: 'bank' | 'sidecar'
  readonly code: ProblemCode | undefined
  readonly requestSent: RequestSent | undefined
  readonly replayed: boolean
  readonly durationMs: number
  readonly bankMs: number | undefined
  readonly requestId: string
}

/** Neither the bank nor the sidecar could serve it: not the app's doing, as most answers below 500 are. */
export function isFailure(record: RequestRecord): boolean {
  return record.status >= 500 || record.code !== undefined
}
