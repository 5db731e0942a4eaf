import type { Logger } from 'pino'
import type { CredentialEvent } from './credentials/credential-event.ts'
import type { RequestRecord } from './proxy/request-record.ts'
import type { TokenEvent } from './token/events.ts'

/** One line per request. What is unknown is null, so that every line has every field. */
export function logRequest(log: Logger, record: RequestRecord): void {
  log.info({
    event: 'request',
    environment: record.environment,
    method: record.method,
    route: record.route,
    status: record.status,
    origin: record.origin,
    code: record.code ?? null,
    requestSent: record.requestSent ?? null,
    replayed: record.replayed,
    durationMs: rounded(record.durationMs),
    bankMs: record.bankMs === undefined ? null : rounded(record.bankMs),
    bankStatus: record.bankStatus ?? null,
    requestBytes: record.requestBytes,
    responseBytes: record.responseBytes,
    requestId: record.requestId,
    traceId: record.traceId ?? null,
  })
}

function rounded(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** Changes of state, each once: `info` for a change, `warn` for what heals by itself, `error` for what needs a person. */
export function logToken(log: Logger, environment: string, event: TokenEvent): void {
  const { thumbprint } = event
  if (event.kind === 'renewed') {
    const { expiresAt, lifetimeMs } = event
    log.info({ event: 'token_renewed', environment, thumbprint, expiresAt, lifetimeMs }, 'token renewed')
  } else if (event.kind === 'failed' && !event.repeated) {
    const { error, nextAttemptAt } = event
    const fields = {
      event: 'token_failed',
      environment,
      code: error.code,
      reason: error.message,
      nextAttemptAt,
    }
    if (error.code === 'credentials_rejected') log.error(fields, 'the bank refuses the credentials')
    else log.warn(fields, 'no token could be had')
  } else if (event.kind === 'thumbprint_mismatch') {
    const fields = { event: 'thumbprint_mismatch', environment, thumbprint, claimed: event.claimed }
    log.warn(fields, 'the token was issued to another certificate')
  }
}

export function logCredentials(log: Logger, environment: string, event: CredentialEvent): void {
  if (event.kind === 'applied') {
    const { thumbprint, subject, notAfter, format } = event.set
    const fields = { event: 'credentials_applied', environment, thumbprint, subject, notAfter, format }
    log.info({ ...fields, proved: event.proved }, 'credentials applied')
  } else if (event.kind === 'expiring') {
    const { notAfter, thumbprint } = event.set
    const fields = {
      event: 'certificate_expiring',
      environment,
      thumbprint,
      notAfter,
      daysLeft: event.daysLeft,
    }
    log[event.thresholdDays <= 7 ? 'error' : 'warn'](fields, 'the client certificate expires soon')
  } else {
    const fields = {
      event: `credentials_${event.kind}`,
      environment,
      code: event.error.code,
      reason: event.error.message,
    }
    const level = event.kind === 'deferred' ? 'warn' : 'error'
    log[level](fields, sentences[event.kind])
  }
}

const sentences = {
  refused: 'new credentials refused, keeping the old ones',
  deferred: 'new credentials could not be tried, keeping the old ones',
  unusable: 'no credentials can be used',
}
