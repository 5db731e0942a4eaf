import { createSieve, dropNamed } from './header-names.ts'
import { traceIdOf } from './request-id.ts'

/** All that is to be known of a request's headers. Fields repeated by the app are joined with ', '. */
export interface RequestHead {
  /** Flat names and values for the bank, as they came; the caller adds authorization and content-length. */
  headers: string[]
  /** Every Host; that there is one is the checks' to see to. */
  hosts: string[]
  hasOrigin: boolean
  fetchSite: string | undefined
  /** The app waits for 100 before it sends its body (RFC 9110 §10.1.1). */
  expectsContinue: boolean
  appSecret: string | undefined
  requestId: string | undefined
  traceId: string | undefined
  /** As declared; 0 is no body. */
  contentLength: number | undefined
  chunked: boolean
  /** Why this request can be read in more than one way, when it can: an `invalid_request`. */
  fault: string | undefined
}

/** Reads Node's `rawHeaders` in one pass: what the bank gets, and what the checks need. */
export function readRequestHead(rawHeaders: readonly string[]): RequestHead {
  const head = blankHead()
  const { headers } = head
  let perHop: string | undefined
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] as string
    const value = rawHeaders[at + 1] as string
    if (!concernsUs(name)) headers.push(name, value)
    else {
      const lower = name.toLowerCase()
      if (lower === 'connection') perHop = join(perHop, value)
      else if (!take(head, lower, value)) headers.push(name, value)
    }
  }
  if (perHop !== undefined) dropNamed(headers, perHop)
  if (head.chunked && head.contentLength !== undefined)
    head.fault = 'both Content-Length and Transfer-Encoding'
  head.traceId = traceIdOf(head.traceId)
  return head
}

function blankHead(): RequestHead {
  return {
    headers: [],
    hosts: [],
    hasOrigin: false,
    fetchSite: undefined,
    expectsContinue: false,
    appSecret: undefined,
    requestId: undefined,
    traceId: undefined,
    contentLength: undefined,
    chunked: false,
    fault: undefined,
  }
}

/** Keeps what is to be known; true when the header stays behind. */
function take(head: RequestHead, name: string, value: string): boolean {
  switch (name) {
    case 'host':
      head.hosts.push(value)
      return true
    case 'content-length':
      takeLength(head, value)
      return true
    case 'transfer-encoding':
      takeCoding(head, value)
      return true
    case 'bc-sidecar-secret':
      head.appSecret = join(head.appSecret, value)
      return true
    case 'expect':
      head.expectsContinue = value.toLowerCase() === '100-continue'
      return true
    case 'origin':
      head.hasOrigin = true
      return false
    case 'sec-fetch-site':
      head.fetchSite = join(head.fetchSite, value)
      return false
    case 'x-request-id':
      head.requestId = join(head.requestId, value)
      return false
    case 'traceparent':
      head.traceId = join(head.traceId, value)
      return false
    default:
      return staysBehind.has(name) || isOfFamily(name)
  }
}

function takeLength(head: RequestHead, value: string): void {
  if (head.contentLength !== undefined) head.fault = 'more than one Content-Length'
  else if (!/^\d+$/.test(value)) head.fault = 'a Content-Length that is not a number'
  head.contentLength = Number(value)
}

// Any other coding would reach the bank without the header that tells it (RFC 9112 §6.1).
function takeCoding(head: RequestHead, value: string): void {
  if (head.chunked || value.toLowerCase() !== 'chunked') head.fault = 'a Transfer-Encoding other than chunked'
  head.chunked = true
}

function join(before: string | undefined, value: string): string {
  return before === undefined ? value : `${before}, ${value}`
}

// RFC 9110 §7.6.1: these describe one connection; authorization and forwarding are the sidecar's to say.
const staysBehind: ReadonlySet<string> = new Set(
  'keep-alive te trailer upgrade http2-settings forwarded authorization'.split(' '),
)
const families = ['proxy-', 'x-forwarded-', 'bc-sidecar-']
const concernsUs = createSieve(
  [
    ...staysBehind,
    ...'host content-length transfer-encoding connection'.split(' '),
    ...'expect origin sec-fetch-site x-request-id traceparent'.split(' '),
  ],
  families,
)

function isOfFamily(name: string): boolean {
  return families.some((family) => name.startsWith(family))
}
