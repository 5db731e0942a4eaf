import { Secret } from '../secret.ts'
import { type Kind, type Parsed, parsedText } from './kind.ts'

/** An https origin: nothing but scheme, host and port. Hidden, because people put passwords into URLs. */
export const httpsOrigin = {
  schema: parsedText(parseOrigin),
  expects: 'an https origin, such as https://api.example.com or https://localhost:9443',
  hidden: true,
} satisfies Kind

function parseOrigin(text: string): Parsed<string> {
  if (/^http:\/\//i.test(text)) return { problem: 'is an http URL: token and payments would go unencrypted' }
  const parsed = parseUrl(text, ['https:'])
  if ('problem' in parsed) return parsed
  const { hostname, port, origin } = parsed.value
  if (text.includes('@')) return { problem: 'has a user name or password in it' }
  if (/^[^/]*\/\/[^/]*\/./.test(text)) return { problem: 'has a path' }
  if (hostname.endsWith('.')) return { problem: 'has a host that ends with a dot' }
  return port === '0' ? { problem: 'has the port 0' } : { value: origin }
}

/** Where HTTPS_PROXY leads. User and password in it are secrets. */
export const proxyUrl = {
  schema: parsedText((text) => secretUrl(text, ['http:', 'https:'], /^\/$/)),
  expects:
    'http:// or https:// with host and port, such as http://proxy.example.com:3128 \
or http://user:password@proxy.example.com:3128 (special characters percent-encoded)',
  hidden: true,
  secret: true,
} satisfies Kind

export type TokenCache = { readonly kind: 'memory' } | { readonly kind: 'redis'; readonly url: Secret }

export const tokenCache = {
  schema: parsedText(parseTokenCache),
  expects:
    'memory, or redis:// or rediss:// with host and port, such as rediss://user:password@redis:6379/0 \
(special characters percent-encoded)',
  hidden: true,
  secret: true,
} satisfies Kind

function parseTokenCache(text: string): Parsed<TokenCache> {
  if (text === 'memory') return { value: { kind: 'memory' } }
  const parsed = secretUrl(text, ['redis:', 'rediss:'], /^\/?\d*$/)
  return 'problem' in parsed ? parsed : { value: { kind: 'redis', url: parsed.value } }
}

function secretUrl(text: string, protocols: readonly string[], path: RegExp): Parsed<Secret> {
  const parsed = parseUrl(text, protocols)
  if ('problem' in parsed) return parsed
  const { username, password, pathname } = parsed.value
  if (!path.test(pathname)) return { problem: 'has a path' }
  if (decodes(username) && decodes(password)) return { value: new Secret(text) }
  return { problem: 'has a user name or password with a malformed % escape' }
}

/** Stricter than the WHATWG parser, which strips white space, adds slashes and resolves dot segments. */
function parseUrl(text: string, protocols: readonly string[]): Parsed<URL> {
  if (/[\s\p{Cc}\\]/u.test(text))
    return { problem: 'has white space, a control character or a backslash in it' }
  if (!/^[a-z][a-z\d+.-]*:\/\/[^/?#]/i.test(text)) return { problem: 'is not a URL with a scheme and a host' }
  if (text.includes('?')) return { problem: 'has a query' }
  if (text.includes('#')) return { problem: 'has a fragment' }
  if (!URL.canParse(text)) return { problem: 'is a malformed URL' }
  const url = new URL(text)
  return protocols.includes(url.protocol) ? { value: url } : { problem: 'has the wrong scheme' }
}

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text)
    return true
  } catch {
    return false
  }
}
