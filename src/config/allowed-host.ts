import { canonicalHost, parseHostAndPort } from './host.ts'
import { type Kind, type Parsed, parsedText } from './kind.ts'

export interface AllowedHost {
  /** Lower case; IPv6 without brackets, as RFC 5952 writes it. */
  readonly name: string
  /** Left out: any. */
  readonly port?: number
}

export const allowedHost = {
  schema: parsedText(parse),
  expects: 'name or name:port, such as sidecar, sidecar.internal:8080 or [fd00::1]:8080, without wildcards',
} satisfies Kind

function parse(text: string): Parsed<AllowedHost> {
  const parsed = parseHostAndPort(text)
  if ('problem' in parsed) return parsed
  const { host, port } = parsed.value
  const name = canonicalHost(host)
  if (port === undefined) return { value: { name } }
  return port === 0 ? { problem: 'has the port 0' } : { value: { name, port } }
}
