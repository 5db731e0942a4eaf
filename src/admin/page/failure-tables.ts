import { failureMeaning } from '../failure-meaning.ts'
import type { FailureReport, TrafficReport } from '../traffic.ts'
import { tickingTime } from './format.ts'
import { type Html, html } from './html.ts'

export function failuresTile({ failuresByCode }: TrafficReport): Html {
  const rows = Object.entries(failuresByCode).toSorted(([, one], [, other]) => other - one)
  const table = html`<table><thead><tr><th scope="col">Code</th><th scope="col" class="number">Count</th></tr></thead>
<tbody>${rows.map(([code, count]) => codeRow(code, count))}</tbody></table>`
  return html`<article class="tile"><h3>Failures by code</h3>${rows.length === 0 ? none : table}</article>`
}

function codeRow(code: string, count: number): Html {
  const meaning = html`<span class="meaning">${failureMeaning(code)}</span>`
  return html`<tr><th scope="row"><code>${code}</code>${meaning}</th><td class="number">${count}</td></tr>`
}

export function lastErrorsTile({ lastErrors }: TrafficReport, now: string): Html {
  const table = html`<table><thead><tr><th scope="col" class="when">When</th><th scope="col">Answer and request</th></tr></thead>
<tbody>${lastErrors.map((error) => errorRow(error, now))}</tbody></table>`
  return html`<article class="tile"><h3>Last errors</h3>${lastErrors.length === 0 ? none : table}</article>`
}

const none = html`<p class="none">None since the start.</p>`

function errorRow(error: FailureReport, now: string): Html {
  const { at, status, code, requestSent, method, route, requestId } = error
  const sent = requestSent === 'maybe' && html`<span class="tag">may have reached the bank</span>`
  return html`<tr><td class="when">${tickingTime('ago', at, now)}</td><td><div class="what">
<div><code>${status} ${code ?? 'from the bank'}</code>${sent}</div>
<div><code>${method} ${route}</code><span class="id">${requestId}</span></div></div></td></tr>`
}
