/** A request that nobody can read in two ways. */
export interface PlainRequest {
  readonly method: string
  readonly target: string
  readonly body: string
  /** All of its body is there. */
  readonly complete: boolean
}

/**
 * Reads a stream of bytes (as Latin-1) as narrowly as RFC 9112 allows, leaves out what is to be refused, and stops at the first
 * thing whose end can be seen in two ways: what comes behind it must not be acted on by anybody. Shares nothing with the parser
 * that it judges.
 */
export function plainRequests(bytes: string): PlainRequest[] {
  const found: PlainRequest[] = []
  for (let rest = bytes; ; ) {
    const read = readPlain(rest.replace(/^[\r\n]+/, ''))
    if (read === undefined) return found
    if (read.forUs) found.push(read.request)
    if (!read.request.complete || read.closes) return found
    rest = read.rest
  }
}

// llhttp takes more than one space before the version; the bank gets one.
const requestLine = /^([A-Z]+) ([\x21-\x7e]+) +HTTP\/1\.([01])$/
const plainMethod = /^(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)$/
const plainTarget = /^\/(?!\/)[^#\\]*$/
/** What paths may hold in detail is for test/proxy/request-path.test.ts: here only what changes where they lead. */
const misleading = /^[^?]*(?:\/(?:\.|%2e){1,2}(?:[;/?]|$)|%2f|%5c|%00)/i
const headerLine =
  /^([!#$%&'*+.^_`|~A-Za-z\d-]+):[ \t]*([\x21-\x7e\x80-\xff]?(?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?)[ \t]*$/

interface Read {
  readonly request: PlainRequest
  readonly rest: string
  readonly closes: boolean
  readonly forUs: boolean
}

function readPlain(text: string): Read | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const [, method = '', target = '', minor] = requestLine.exec(first) ?? []
  const headers = lines.map((line) => headerLine.exec(line))
  if (method === '' || headers.includes(null)) return undefined
  const values = (name: string): string[] =>
    headers.filter((header) => header?.[1]?.toLowerCase() === name).map((header) => String(header?.[2]))
  const content = readContent(text.slice(end + 4), values('content-length'), values('transfer-encoding'))
  if (content === undefined) return undefined
  const { body, complete, rest } = content
  const closes =
    minor === '0' || values('connection').some((value) => /(^|,)[ \t]*close[ \t]*(,|$)/i.test(value))
  const sensible = (method !== 'GET' && method !== 'HEAD') || (body === '' && complete)
  const forUs = sensible && plainMethod.test(method) && isPlainTarget(target) && isForUs(values)
  return { request: { method, target, body, complete }, rest, closes, forUs }
}

function isPlainTarget(target: string): boolean {
  return plainTarget.test(target) && !misleading.test(target)
}

function isForUs(values: (name: string) => string[]): boolean {
  const [host, ...more] = values('host')
  if (more.length > 0 || !/^(localhost|127\.0\.0\.1)(:\d+)?$/i.test(host ?? '')) return false
  return values('origin').length === 0 && values('sec-fetch-site').every((site) => site === 'none')
}

interface Content {
  readonly body: string
  readonly complete: boolean
  readonly rest: string
}

function readContent(text: string, lengths: string[], codings: string[]): Content | undefined {
  if (lengths.length + codings.length > 1) return undefined
  const [length] = lengths
  if (length !== undefined) {
    if (!/^\d{1,9}$/.test(length)) return undefined
    const body = text.slice(0, Number(length))
    return { body, complete: body.length === Number(length), rest: text.slice(Number(length)) }
  }
  if (codings.length === 0) return { body: '', complete: true, rest: text }
  return codings[0]?.toLowerCase() === 'chunked' ? readChunks(text) : undefined
}

function readChunks(text: string): Content {
  let [body, rest] = ['', text]
  for (;;) {
    const line = /^([\dA-Fa-f]{1,6})((?:;[^\r\n]*)?)\r\n/.exec(rest)
    const size = Number.parseInt(line?.[1] ?? '', 16)
    const chunk = rest.slice(line?.[0].length ?? 0)
    if (line === null || (size > 0 && chunk.slice(size, size + 2) !== '\r\n'))
      return { body, complete: false, rest: '' }
    if (size === 0) {
      const trailer = /^(?:[A-Za-z\d-]+:[^\r\n]*\r\n)*\r\n/.exec(chunk)
      return { body, complete: trailer !== null, rest: chunk.slice(trailer?.[0].length ?? 0) }
    }
    body += chunk.slice(0, size)
    rest = chunk.slice(size + 2)
  }
}
