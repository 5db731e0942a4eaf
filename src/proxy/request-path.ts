/** `path` is, byte for byte, what is decided on and what is forwarded; `query` has its leading `?`, or is ''. */
export type PathDecision =
  | { readonly kind: 'ok'; readonly path: string; readonly query: string }
  | {
      readonly kind: 'refused'
      readonly code: 'invalid_request' | 'headers_too_large'
      readonly reason: string
    }

/**
 * Decides whether a request target, as it came on the wire, can only be read in one way. What some URL parser
 * might read otherwise (decode twice, strip, normalise, cut at `;`) is refused, never repaired: a repaired path
 * would no longer be the one that the app asked for.
 */
export function checkPath(target: string): PathDecision {
  if (target.length > longestTarget) return tooLong
  const mark = target.indexOf('?')
  const path = mark === -1 ? target : target.slice(0, mark)
  const query = mark === -1 ? '' : target.slice(mark)
  const reason = plainPath.test(path) && !path.includes('..') ? undefined : whyRefused(path)
  if (reason !== undefined) return { kind: 'refused', code: 'invalid_request', reason }
  return query === '' || plainQuery.test(query) ? { kind: 'ok', path, query } : queryRefused
}

// RFC 9110 §4.1 asks for 8,000 octets at least.
const longestTarget = 8192

// RFC 3986 §3.3: segments of pchar, here without escapes, without `;`, and not starting with a dot.
const plainPath = /^\/(?:[\w~!$&'()*+,=:@-][\w.~!$&'()*+,=:@-]*(?:\/|$))*$/
const plainQuery = /^[\x21\x22\x24-\x7e]+$/
const pathCharacters = /^[\w.~!$&'()*+,=:@%/-]+$/

const tooLong: PathDecision = {
  kind: 'refused',
  code: 'headers_too_large',
  reason: 'the request target is longer than 8192 bytes',
}
const queryRefused: PathDecision = {
  kind: 'refused',
  code: 'invalid_request',
  reason: 'the query holds a fragment, a control character or bytes that are not ASCII',
}

function whyRefused(path: string): string | undefined {
  if (!path.startsWith('/')) return 'the request target is not a path: absolute form, authority form or *'
  if (!pathCharacters.test(path)) return 'the path holds a character that a path must not hold unescaped'
  const decoded = decode(path)
  if (decoded === undefined) return 'the path holds a malformed escape, or one that is not UTF-8'
  // Unicode's compatible forms (a full-width dot or slash) are dots and slashes to some parsers.
  const folded = decoded.normalize('NFKC')
  if (slashes(folded) !== slashes(path)) return 'the path holds an encoded slash'
  if (ambiguous.test(folded)) return 'the path holds an escape that can be read in more than one way'
  return folded.slice(1).split('/').some(isHollow) || climbing.test(folded)
    ? 'the path holds a dot segment or an empty segment'
    : undefined
}

function decode(path: string): string | undefined {
  try {
    return decodeURIComponent(path)
  } catch {
    return undefined
  }
}

function slashes(text: string): number {
  return text.split('/').length
}

// Controls and backslash; what a second decoding or a late split would act on (an escape, `?`, `#`, `;`); and
// the look-alikes that Windows code pages map to slash and backslash.
const ambiguous = /[\p{Cc}\\?#;\u2044\u2215\u2216]|%[\da-f]{2}/iu

// To a parser that looks for dots beside a slash and not for whole segments.
const climbing = /\/\.\.|\.\.\//

/** Empty to a parser that strips dots and spaces, as Windows does. A last empty segment is a trailing slash. */
function isHollow(segment: string, index: number, all: readonly string[]): boolean {
  return /^[.\s]*$/.test(segment) && (segment !== '' || index < all.length - 1)
}
