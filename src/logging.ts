import { isatty } from 'node:tty'
import { type Level, type LogFn, type Logger, type LoggerOptions, pino, stdTimeFunctions } from 'pino'
import { describeError } from './logging/error.ts'
import { createPrettifier } from './logging/pretty.ts'
import { redacted, secretKeys, withoutSecrets } from './logging/redaction.ts'
import { cleanText } from './logging/text.ts'
import { createWriter, type Writer } from './logging/writer.ts'

export { createIsoClock } from './logging/iso-clock.ts'
export { routeTemplate } from './logging/route.ts'
export type { Logger }

export interface CreateLoggerOptions {
  readonly level: string
  readonly format: 'json' | 'pretty'
  /** Takes each finished line; without one they go to standard output, gathered. */
  readonly destination?: { readonly write: (line: string) => void; readonly flush?: () => void }
  /** For `pretty`; by default when standard output is a terminal. */
  readonly color?: boolean
}

export interface Logging {
  readonly log: Logger
  /** Writes out what is gathered, before it returns. The end of the process calls it by itself. */
  readonly flush: () => void
}

const standardOutput = 1

/** The one logger of the process: JSON lines with ISO 8601 `time` and `level` as a word, without secrets. */
export function createLogger(options: CreateLoggerOptions): Logging {
  const { level, format, destination, color = isatty(standardOutput) } = options
  const output: typeof destination = destination ?? createStandardOutput(() => log)
  const prettify = format === 'pretty' ? createPrettifier({ color }) : undefined
  const write = (line: string): void => output.write(prettify === undefined ? line : prettify(line))
  const log = pino(loggerOptions(level), { write })
  return { log, flush: () => output.flush?.() }
}

/** Where finished lines of a level go, for whoever makes them itself; undefined when the level is not logged. */
export function lineWriter(log: Logger, level: Level): ((line: string) => void) | undefined {
  if (!log.isLevelEnabled(level)) return undefined
  const stream = Reflect.get(log, pino.symbols.streamSym) as { readonly write: (line: string) => void }
  return stream.write
}

function createStandardOutput(log: () => Logger): Writer {
  const writer = createWriter({
    fd: standardOutput,
    onDropped: (lines) =>
      log().warn({ event: 'log_lines_dropped', lines }, 'standard output was read too slowly'),
  })
  process.once('exit', () => writer.flush())
  return writer
}

function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: null, // process id and host name: the platform that collects the lines knows them
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }), log: withoutSecrets },
    serializers: { err: describeError },
    redact: { paths: secretKeys, censor: redacted },
    hooks: { logMethod: writeClean },
  }
}

/** pino takes an error's own message for the line when none is given: clean that too. */
function writeClean(this: Logger, args: Parameters<LogFn>, method: LogFn): void {
  const values: unknown[] = args
  const [first, message] = values
  const error =
    first instanceof Error
      ? first
      : first !== null && typeof first === 'object' && 'err' in first && first.err
  if (message === undefined && error instanceof Error) values[1] = error.message
  values.forEach((value, index) => {
    if (typeof value === 'string') values[index] = cleanText(value)
  })
  method.apply(this, args)
}
