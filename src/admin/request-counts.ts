import { problems } from '../errors.ts'
import type { RequestRecord } from './request-record.ts'
import type { Sample } from './sample.ts'

export interface RequestCounts {
  add(record: Pick<RequestRecord, 'method' | 'status' | 'origin'>): void
  samples(environment: string): Sample[]
}

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'other'] as const
const methodIndex = new Map<string, number>(methods.map((method, index) => [method, index]))
const otherMethod = methods.length - 1
const origins = ['bank', 'sidecar'] as const
// Status codes 100 to 599, and one place for whatever else a bank may come up with.
const firstCode = 100
const otherCode = 500
const codes = otherCode + 1

/** Answers that are sure to come some day: their series start at 0, so that `rate()` sees the first one. */
const expectedMethods = ['GET', 'POST']
const expectedStatus = {
  bank: [200, 400, 401, 403, 404, 409, 429, 499, 500, 502, 503, 504],
  sidecar: [499, ...new Set(Object.values(problems).map(({ status }) => status))],
}

/** Requests by method, status and origin, as plain numbers: the labels are put on when someone asks. */
export function createRequestCounts(): RequestCounts {
  const counts = new Float64Array(origins.length * methods.length * codes)
  const expected = expectedIndices()

  function add({ method, status, origin }: Pick<RequestRecord, 'method' | 'status' | 'origin'>): void {
    const index = indexOf(origin, method, status)
    counts[index] = Number(counts[index]) + 1
  }

  function samples(environment: string): Sample[] {
    const found: Sample[] = []
    counts.forEach((value, index) => {
      if (value > 0 || expected.has(index)) found.push({ labels: { environment, ...labelsOf(index) }, value })
    })
    return found
  }

  return { add, samples }
}

function indexOf(origin: 'bank' | 'sidecar', method: string, status: number): number {
  const code = Number.isInteger(status) && status >= firstCode && status < firstCode + otherCode
  const row = (origin === 'bank' ? 0 : methods.length) + (methodIndex.get(method) ?? otherMethod)
  return row * codes + (code ? status - firstCode : otherCode)
}

function labelsOf(index: number): { method: string; code: string; origin: string } {
  const code = index % codes
  const row = (index - code) / codes
  const method = row % methods.length
  return {
    method: String(methods[method]),
    code: code === otherCode ? 'other' : String(code + firstCode),
    origin: String(origins[(row - method) / methods.length]),
  }
}

function expectedIndices(): ReadonlySet<number> {
  const ofMethod = (origin: 'bank' | 'sidecar', method: string): number[] =>
    expectedStatus[origin].map((status) => indexOf(origin, method, status))
  return new Set(origins.flatMap((origin) => expectedMethods.flatMap((method) => ofMethod(origin, method))))
}
