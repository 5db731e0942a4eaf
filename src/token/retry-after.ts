/** Longer than a day, nobody means it: it must not end this sidecar's work for ever. */
const mostSeconds = 86_400

interface RetryAfterHeaders {
  readonly 'retry-after'?: string | string[] | undefined
  readonly date?: string | string[] | undefined
}

/**
 * Seconds until the next try by Retry-After (RFC 9110 §10.2.3), in seconds or as a date; undefined when there is none that can be
 * understood. A date is compared with the answer's own Date, so that a wrong clock here does not matter.
 */
export function retryAfterSeconds(headers: RetryAfterHeaders, wallNow: number): number | undefined {
  const text = single(headers['retry-after'])?.trim()
  if (text === undefined) return undefined
  if (/^\d+$/.test(text)) return Math.min(mostSeconds, Number(text))
  const until = dateOf(text)
  if (until === undefined) return undefined
  const seconds = Math.ceil((until - (dateOf(single(headers.date)) ?? wallNow)) / 1000)
  return Math.min(mostSeconds, Math.max(0, seconds))
}

function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value
}

/** `Date.parse` takes almost anything for a date; those of HTTP end in GMT. */
function dateOf(text: string | undefined): number | undefined {
  if (text === undefined || !text.endsWith('GMT')) return undefined
  const moment = Date.parse(text)
  return Number.isNaN(moment) ? undefined : moment
}
