export const redacted = '[secret]'

/** Names of fields that hold secrets, by whoever logs them: pino redacts these at the top level at no cost. */
export const secretKeys = [
  'authorization',
  'proxyAuthorization',
  'cookie',
  'username',
  'password',
  'passphrase',
  'secret',
  'token',
  'accessToken',
  'access_token',
  'headers',
  'body',
].flatMap((key) => [key, key.charAt(0).toUpperCase() + key.slice(1)])

const secretKey =
  /(?:authorization|cookies?|user-?name|password|passphrase|secret|token|private-?key)$|^(?:headers|body|pfx|key)$/i
const deepest = 5

/**
 * The last net below fields that hold objects. The access line holds none and passes through untouched; what
 * pino's own `*.key` paths would do costs four times as much as writing the line.
 */
export function withoutSecrets(fields: Record<string, unknown>): Record<string, unknown> {
  for (const name in fields) {
    const value = fields[name]
    if (typeof value === 'object' && value !== null && name !== 'err') return redactFields(fields)
  }
  return fields
}

/** `err` is the error serializer's, which comes after this. */
function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, name === 'err' ? value : redact(value, 1)]),
  )
}

function redact(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || hasOwnText(value)) return value
  if (depth > deepest) return redacted
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1))
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [
      name,
      secretKey.test(name) ? redacted : redact(item, depth + 1),
    ]),
  )
}

/** Dates, and our `Secret`, say themselves how they are written. */
function hasOwnText(value: object): boolean {
  return 'toJSON' in value && typeof value.toJSON === 'function'
}
