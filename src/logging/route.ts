const mostSegments = 12
const longestSegment = 48
const version = /^v\d{1,2}$/
const uuid = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
// Words as APIs write them: `singles`, `credit-transfer-instructions`, `payment_status`, `accountBalances`. A BIC is
// all capitals, an IBAN has digits, an escape has a per cent sign: none of them is a word.
const words = /^[A-Za-z][a-z]{1,19}(?:[-_][A-Za-z][a-z]{0,19}|[A-Z][a-z]{1,19})*$/

/**
 * The path with its identifiers replaced (`/api/v1/accounts/:id/balances`), for logs: what is not plainly a
 * word counts as an identifier. Never the query.
 */
export function routeTemplate(path: string): string {
  if (!path.startsWith('/')) return ':malformed'
  const segments = withoutQuery(path).split('/', mostSegments + 2)
  const rest = segments.length > mostSegments + 1 ? '/:rest' : ''
  return (
    segments
      .slice(0, mostSegments + 1)
      .map(segmentTemplate)
      .join('/') + rest
  )
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/)
  return end === -1 ? path : path.slice(0, end)
}

function segmentTemplate(segment: string): string {
  if (segment === '' || isName(segment)) return segment
  return ':id'
}

function isName(segment: string): boolean {
  if (segment.length > longestSegment) return false
  return version.test(segment) || (words.test(segment) && !uuid.test(segment))
}
