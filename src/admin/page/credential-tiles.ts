import type { CertificateReport, TokenReport, TokenState } from '../environment-report.ts'
import type { Reload } from '../metrics.ts'
import { momentText, tickingTime } from './format.ts'
import { type Html, type HtmlValue, html } from './html.ts'

/** The bank's own lifetime, for a token whose beginning is not known. */
const usualLifetimeMs = 300_000

const stateTexts: Readonly<Record<TokenState, string>> = {
  none: 'none held: the next request asks for one',
  valid: 'valid',
  renewing: 'being renewed',
  throttled: 'throttled by the bank',
  rejected: 'credentials rejected',
  failed: 'the last request failed',
}

const issuedTo = { true: 'the loaded certificate', false: 'another certificate' }

export function tokenTile(token: TokenReport, now: string): Html {
  const { state, expiresAt, lastRequestAt, nextAttemptAt, requests, budgetRemaining } = token
  const { thumbprintMatches } = token
  const left = expiresAt !== null && html`${tickingTime('until', expiresAt, now)} <small>left</small>`
  const other = requests.throttled + requests.rejected + requests.failed
  return html`<article class="tile"><h3>Token</h3>
<p class="big">${left || 'none'}</p>
${lifeBar(token, now)}
<dl>${facts([
    ['State', stateTexts[state]],
    ['Next try', nextAttemptAt !== null && html`in ${tickingTime('until', nextAttemptAt, now)}`],
    ['Last request', lastRequestAt !== null && tickingTime('ago', lastRequestAt, now)],
    ['Requests', `${requests.ok} answered, ${other} not`],
    ['Budget', `${budgetRemaining} more this minute`],
    ['Issued to', thumbprintMatches !== null && issuedTo[`${thumbprintMatches}`]],
  ])}</dl></article>`
}

/** How much of its life is left: as far as is known, it began with the last request. */
function lifeBar({ state, lastRequestAt, expiresAt }: TokenReport, now: string): Html {
  if (expiresAt === null) return html`<progress value="0" max="1" aria-label="Token life left"></progress>`
  const begun = state === 'valid' && lastRequestAt !== null ? Date.parse(lastRequestAt) : Number.NaN
  const known = Date.parse(expiresAt) - begun
  const lifetime = known > 0 ? known : usualLifetimeMs
  const left = Math.max(0, Math.min(lifetime, Date.parse(expiresAt) - Date.parse(now)))
  return html`<progress value="${left}" max="${lifetime}" data-until="${expiresAt}" aria-label="Token life left"></progress>`
}

export function certificateTile(
  certificate: CertificateReport,
  lastReload: Reload | null,
  now: string,
): Html {
  const { subject, issuer, thumbprint, notAfter, daysLeft, loadedAt } = certificate
  const days = daysLeft === null ? null : Math.max(0, Math.floor(daysLeft))
  const reload = lastReload && html`${lastReload.result} ${tickingTime('ago', lastReload.at, now)}`
  return html`<article class="tile ${daysClass(days)}"><h3>Client certificate</h3>
<p class="big">${days ?? 'none'}${days !== null && html` <small>${days === 1 ? 'day' : 'days'} left</small>`}</p>
<dl>${facts([
    ['Valid until', notAfter && momentText(notAfter)],
    ['Subject', subject],
    ['Issuer', issuer],
    ['Thumbprint', thumbprint && html`<code>${thumbprint}</code>`],
    ['Loaded', loadedAt && tickingTime('ago', loadedAt, now)],
    ['Last reload', reload ?? 'none'],
  ])}</dl></article>`
}

function daysClass(days: number | null): string {
  if (days === null || days <= 7) return 'bad'
  return days <= 30 ? 'warn' : ''
}

/** Without those that are not known. */
function facts(pairs: readonly (readonly [name: string, value: HtmlValue])[]): HtmlValue {
  const known = pairs.filter(([, value]) => value !== null && value !== false)
  return known.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)
}
