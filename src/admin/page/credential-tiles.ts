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

export function tokenTile(token: TokenReport, now: string): Html {
  const { state, expiresAt, requests, budgetRemaining, nextAttemptAt, thumbprintMatches } = token
  const other = requests.throttled + requests.rejected + requests.failed
  return html`<article class="tile"><h3>Token</h3>
<p class="big">${expiresAt === null ? 'none' : tickingTime('until', expiresAt, now)} <small>${expiresAt === null ? '' : 'left'}</small></p>
${expiresAt === null ? html`<progress value="0" max="1" aria-label="Token life left"></progress>` : life(token, expiresAt, now)}
<dl>${facts([
    ['State', stateTexts[state]],
    ['Next try', nextAttemptAt === null ? null : html`in ${tickingTime('until', nextAttemptAt, now)}`],
    ['Requests', `${requests.ok} answered, ${other} not`],
    ['Budget', `${budgetRemaining} more this minute`],
    ['Certificate', thumbprintMatches === null ? null : thumbprintMatches ? 'the loaded one' : 'another one'],
  ])}</dl></article>`
}

/** How much of its life is left: as far as is known, it began with the last request. */
function life({ state, lastRequestAt }: TokenReport, expiresAt: string, now: string): Html {
  const begun = state === 'valid' && lastRequestAt !== null ? Date.parse(lastRequestAt) : Number.NaN
  const known = Date.parse(expiresAt) - begun
  const lifetime = known > 0 ? known : usualLifetimeMs
  const left = Math.max(0, Date.parse(expiresAt) - Date.parse(now))
  return html`<progress value="${Math.min(left, lifetime)}" max="${lifetime}" data-until="${expiresAt}" aria-label="Token life left"></progress>`
}

export function certificateTile(
  certificate: CertificateReport,
  lastReload: Reload | null,
  now: string,
): Html {
  const { subject, issuer, thumbprint, notAfter, daysLeft, loadedAt } = certificate
  const days = daysLeft === null ? null : Math.floor(daysLeft)
  return html`<article class="tile ${daysClass(days)}"><h3>Client certificate</h3>
<p class="big">${days === null ? 'none' : Math.max(0, days)} <small>${days === null ? '' : days === 1 ? 'day left' : 'days left'}</small></p>
<dl>${facts([
    ['Valid until', notAfter === null ? null : momentText(notAfter)],
    ['Subject', subject],
    ['Issuer', issuer],
    ['Thumbprint', thumbprint === null ? null : html`<code>${thumbprint}</code>`],
    ['Loaded', loadedAt === null ? null : tickingTime('ago', loadedAt, now)],
    [
      'Last reload',
      lastReload === null ? 'none' : html`${lastReload.result} ${tickingTime('ago', lastReload.at, now)}`,
    ],
  ])}</dl></article>`
}

function daysClass(days: number | null): string {
  if (days === null || days <= 7) return 'bad'
  return days <= 30 ? 'warn' : ''
}

/** Without those that are not known. */
export function facts(pairs: readonly (readonly [name: string, value: HtmlValue])[]): HtmlValue {
  return pairs.map(([name, value]) => value !== null && html`<div><dt>${name}</dt><dd>${value}</dd></div>`)
}
