import type { Logger } from 'pino'
import type { CredentialEvent } from './credentials/credential-event.ts'
import type { TokenEvent } from './token/events.ts'

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
