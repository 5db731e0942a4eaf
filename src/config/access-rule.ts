import { type Kind, type Parsed, parsedText } from './kind.ts'

/** A rule of BC_ALLOW. What it matches is decided in proxy/; here only what could never match is refused. */
export const accessRule = {
  schema: parsedText(parse),
  expects:
    'METHOD /path, such as GET /api/v1/accounts/*/balances or * /api/v1/payments/** \
(* for one segment, ** only at the end)',
} satisfies Kind

const methods: readonly string[] = ['*', 'GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

function parse(text: string): Parsed<string> {
  const [method = '', path, ...more] = text.split(/[ \t]+/)
  if (path === undefined || more.length > 0) return { problem: 'is not a method, a space and a path' }
  if (!methods.includes(method)) return { problem: `does not begin with one of ${methods.join(', ')}` }
  if (!path.startsWith('/')) return { problem: 'has a path that does not begin with /' }
  const problem = pathProblem(path)
  return problem === undefined ? { value: `${method} ${path}` } : { problem }
}

function pathProblem(path: string): string | undefined {
  if (/[?#]/.test(path)) return 'has a query or fragment: rules are about paths'
  const decoded = decode(path)
  if (decoded === undefined) return 'has a malformed % escape'
  const segments = path.slice(1).split('/')
  if (decoded.slice(1).split('/').length !== segments.length)
    return 'has an encoded slash, which is never let in'
  if (/[\p{Cc}\\;%?#]/u.test(decoded)) return 'has a character that is never let in'
  return wildcardProblem(segments) ?? hollowProblem(decoded.slice(1).split('/'))
}

function wildcardProblem(segments: readonly string[]): string | undefined {
  if (segments.slice(0, -1).includes('**')) return 'has ** before its end'
  const mixed = segments.some((segment) => segment.includes('*') && !/^\*\*?$/.test(segment))
  return mixed ? 'has a * that is only part of a segment' : undefined
}

/** The proxy refuses dot segments and empty ones, but for a trailing slash. */
function hollowProblem(segments: readonly string[]): string | undefined {
  const hollow = segments.some((segment, index) =>
    segment === '' ? index < segments.length - 1 : /^[.\s]+$/.test(segment),
  )
  return hollow ? 'has a dot segment or an empty segment, which are never let in' : undefined
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}
