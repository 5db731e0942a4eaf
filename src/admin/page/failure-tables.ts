import { failureMeaning } from '../failure-meaning.ts'
import type { FailureReport, TrafficReport } from '../traffic.ts'
import { tickingTime } from './format.ts'
import { type Html, html } from './html.ts'

export function failuresTile({ failuresByCode }: TrafficReport): Html {
  const rows = Object.entries(failuresByCode).sort(([, one], [, other]) => other - one)
  if (rows.length === 0)
    return html`<article class="tile"><h3>Failures by code</h3><p class="none">None since the start.</p></article>`
  return html`<article class="tile"><h3>Failures by code</h3>
<table><thead><tr><th scope="col">Code</th><th scope="col">Meaning</th><th scope="col" class="number">Count</th></tr></thead>
<tbody>${rows.map(([code, count]) => html`<tr><th scope="row"><code>${code}</code></th><td>${failureMeaning(code)}</td><td class="number">${count}</td></tr>`)}</tbody></table></article>`
}

export function lastErrorsTile({ lastErrors }: TrafficReport, now: string): Html {
  if (lastErrors.length === 0)
    return html`<article class="tile wide"><h3>Last errors</h3><p class="none">None since the start.</p></article>`
  return html`<article class="tile wide"><h3>Last errors</h3>
<table><thead><tr><th scope="col">When</th><th scope="col">Answer</th><th scope="col">Request</th></tr></thead>
<tbody>${lastErrors.map((error) => errorRow(error, now))}</tbody></table></article>`
}

function errorRow(
  { at, status, code, requestSent, method, route, requestId }: FailureReport,
  now: string,
): Html {
  const sent = requestSent === 'maybe' ? html`<span class="tag warn">may have reached the bank</span>` : null
  return html`<tr><td>${tickingTime('ago', at, now)}</td>
<td><code>${status}${code === null ? '' : ` ${code}`}</code>${sent}</td>
<td><code>${method} ${route}</code><span class="id">${requestId}</span></td></tr>`
}
