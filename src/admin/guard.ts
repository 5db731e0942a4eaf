import type { IncomingMessage } from 'node:http'
import type { HostCheck } from '../host.ts'
import { type Problem, problemOf } from './problem.ts'

/** Who may ask at all: checked before anything else, in this order. Undefined: go on. */
export function refusalOf(request: IncomingMessage, checkHost: HostCheck): Problem | undefined {
  const { headersDistinct: headers, socket, method, url } = request
  const host = checkHost(headers['host'] ?? [], socket)
  if (host !== 'ok') return problemOf('host_not_allowed', hostSentences[host])
  if (headers['origin'] !== undefined || headers['sec-fetch-site']?.some(isForeign)) return fromPage
  if (method !== 'GET' && method !== 'HEAD') return readOnly
  // RFC 9112 §3.2.2: its host, not the header's, would be the one that is meant.
  if (url?.startsWith('/') !== true) return absolute
  return undefined
}

const hostSentences = {
  missing: 'The request has no Host.',
  repeated: 'The request has more than one Host.',
  not_allowed: 'Use a loopback name or address, or allow this Host with BC_ALLOWED_HOSTS.',
}

/** `none` is a person at the address bar, `same-origin` our own page. */
function isForeign(site: string): boolean {
  return site !== 'none' && site !== 'same-origin'
}

const fromPage = problemOf('cross_site_request', 'Web pages may not ask; open the address by itself.')
const absolute = problemOf('invalid_request', 'The target has to be a path, such as /status.')
const readOnly = problemOf('method_not_allowed', 'Everything here can be read only: GET and HEAD.')
