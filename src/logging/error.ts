import { cleanText } from './text.ts'

export interface ErrorCause {
  readonly type: string
  readonly message: string
  readonly code?: string | number
}

export interface DescribedError extends ErrorCause {
  readonly stack?: string
  readonly causes?: readonly ErrorCause[]
}

const mostCauses = 8

/**
 * What a log may show of an error. Only these fields are ever read: errors of undici and Node.js carry
 * requests, headers, sockets and bodies beside them.
 */
export function describeError(error: unknown): DescribedError {
  if (!(error instanceof Error)) {
    return { type: typeof error, message: typeof error === 'string' ? cleanText(error) : '' }
  }
  const causes = collectCauses(error)
  return {
    ...describeCause(error),
    ...(typeof error.stack === 'string' && { stack: cleanText(error.stack) }),
    ...(causes.length > 0 && { causes: causes.map(describeCause) }),
  }
}

function describeCause(error: Error): ErrorCause {
  const code = 'code' in error ? error.code : undefined
  return {
    type: error.name,
    message: cleanText(error.message),
    ...((typeof code === 'string' || typeof code === 'number') && { code }),
  }
}

/** Breadth first, each once: causes may be many (one per address tried) and may lead in circles. */
function collectCauses(error: Error): Error[] {
  const seen = new Set<Error>([error])
  for (const one of seen) {
    const next = [one.cause, ...(one instanceof AggregateError ? one.errors : [])]
    for (const cause of next) {
      if (cause instanceof Error && seen.size <= mostCauses) seen.add(cause)
    }
  }
  return [...seen].slice(1)
}
