import { createRequire } from 'node:module'
import type { prettyFactory } from 'pino-pretty'
import type { DescribedError } from './error.ts'

type Prettify = ReturnType<typeof prettyFactory>
type Fields = Record<string, unknown>

/** Turns the JSON lines of the log into lines for people. In this process: pino's worker thread costs more. */
export function createPrettifier(options: { readonly color: boolean }): (line: string) => string {
  // Required when asked for: who logs JSON neither loads nor needs it.
  const pretty = createRequire(import.meta.url)('pino-pretty') as { prettyFactory: typeof prettyFactory }
  const prettify: Prettify = pretty.prettyFactory({
    colorize: options.color,
    translateTime: 'SYS:HH:MM:ss.l',
    hideObject: true,
    messageFormat: (fields) => sentence(fields),
  })
  return (line) => String(prettify(line))
}

function sentence(fields: Fields): string {
  return fields['event'] === 'request' ? requestSentence(fields) : changeSentence(fields)
}

function requestSentence(fields: Fields): string {
  const text = (name: string): string => show(fields[name])
  const bank = isKnown(fields['bankMs']) ? ` (bank ${text('bankMs')} ms)` : ''
  const again = fields['replayed'] === true ? 'sent again after 401' : undefined
  const notes = [fields['origin'], fields['code'], again, fields['requestId']].filter(isKnown).map(show)
  const call = `${text('environment')} ${text('method')} ${text('route')}`
  return `${call} → ${text('status')} in ${text('durationMs')} ms${bank} [${notes.join(', ')}]`
}

const notRepeated = new Set(['level', 'time', 'msg', 'event', 'err'])

function changeSentence(fields: Fields): string {
  const rest = Object.entries(fields).filter(([name]) => !notRepeated.has(name))
  const facts = rest.map(([name, value]) => `${name}=${show(value)}`)
  const line = [...[fields['msg']].filter(isKnown).map(show), ...facts].join('  ')
  return [line, ...errorLines(fields['err'])].join('\n    ')
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function isKnown(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** As the error serializer wrote it: the stack, and what each cause says. */
function errorLines(error: unknown): string[] {
  const { stack, causes = [] } = (error ?? {}) as Partial<DescribedError>
  const reasons = causes.map(({ type, message, code = '' }) =>
    `caused by ${type}: ${message} ${code}`.trimEnd(),
  )
  return [...(stack?.split('\n') ?? []), ...reasons]
}
