export interface RawAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body of an answer that the sidecar made by itself. */
  readonly problem: Readonly<Record<string, unknown>> | undefined
}

/** The complete answers in a stream of bytes, as strictly as a client should read them. */
export function readAnswers(text: string, methods: readonly string[], over: boolean): RawAnswer[] {
  const answers: RawAnswer[] = []
  for (let rest = text; rest !== ''; ) {
    const read = readAnswer(rest, methods[answers.length] === 'HEAD', over)
    if (read === undefined) break
    if (read.answer.status >= 200) answers.push(read.answer)
    rest = rest.slice(read.length)
  }
  return answers
}

function readAnswer(
  text: string,
  bodiless: boolean,
  over: boolean,
): { answer: RawAnswer; length: number } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end === -1) return undefined
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  const status = Number(/^HTTP\/1\.1 (\d{3}) [^\r\n]*$/.exec(first)?.[1] ?? Number.NaN)
  if (Number.isNaN(status)) throw new Error(`no status line: ${JSON.stringify(first)}`)
  const headers = Object.fromEntries(lines.map((line) => pair(line)))
  const content = readBody(
    text.slice(end + 4),
    headers,
    bodiless || status < 200 || status === 204 || status === 304,
    over,
  )
  if (content === undefined) return undefined
  const own = headers['content-type'] === 'application/problem+json' && content.body !== ''
  const problem = own ? (JSON.parse(Buffer.from(content.body, 'latin1').toString()) as object) : undefined
  const answer = { status, headers, body: content.body, problem: problem as RawAnswer['problem'] }
  return { answer, length: end + 4 + content.length }
}

function pair(line: string): [string, string] {
  const colon = line.indexOf(':')
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
}

function readBody(
  text: string,
  headers: Record<string, string>,
  bodiless: boolean,
  over: boolean,
): { body: string; length: number } | undefined {
  if (bodiless) return { body: '', length: 0 }
  if (headers['transfer-encoding'] === 'chunked') return readChunks(text)
  const declared = headers['content-length']
  if (declared === undefined) return over ? { body: text, length: text.length } : undefined
  const length = Number(declared)
  return text.length < length ? undefined : { body: text.slice(0, length), length }
}

function readChunks(text: string): { body: string; length: number } | undefined {
  let body = ''
  for (let at = 0; ; ) {
    const line = text.indexOf('\r\n', at)
    if (line === -1) return undefined
    const size = Number.parseInt(text.slice(at, line), 16)
    const next = line + 2 + size + 2
    if (text.length < next) return undefined
    if (size === 0) return { body, length: next }
    body += text.slice(line + 2, line + 2 + size)
    at = next
  }
}
