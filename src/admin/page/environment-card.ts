import type { Finding } from '../findings.ts'
import type { EnvironmentStatus } from '../status.ts'
import { certificateTile, tokenTile } from './credential-tiles.ts'
import { failuresTile, lastErrorsTile } from './failure-tables.ts'
import { tickingTime } from './format.ts'
import { type Html, html } from './html.ts'
import { latencyTile, requestsTile } from './traffic-tiles.ts'
import { environmentVerdict, verdictBadge } from './verdict.ts'

/** One environment: what is wrong first, then token, certificate, traffic and failures. */
export function environmentCard(name: string, id: string, status: EnvironmentStatus, now: string): Html {
  const { listen, findings, token, certificate, lastReload, traffic } = status
  return html`<section class="environment" id="${id}" aria-labelledby="${id}-name">
<header><h2 id="${id}-name">${name}</h2>${verdictBadge(environmentVerdict(status))}<p class="listen">apps call <code>${listen}</code></p></header>
${findings.length > 0 && html`<ul class="findings">${findings.map((finding) => findingItem(finding, now))}</ul>`}
<div class="tiles">${tokenTile(token, now)}${certificateTile(certificate, lastReload, now)}${requestsTile(traffic)}${latencyTile(traffic)}</div>
<div class="tiles">${failuresTile(traffic)}${lastErrorsTile(traffic, now)}</div>
</section>`
}

function findingItem({ level, message, remedy, at }: Finding, now: string): Html {
  const kind = level === 'problem' ? { name: 'bad', word: 'Problem' } : { name: 'warn', word: 'Warning' }
  return html`<li class="${kind.name}"><strong>${kind.word}</strong><div><p>${message}${at !== null && html` <small>${tickingTime('ago', at, now)}</small>`}</p>${remedy !== null && html`<p class="remedy">${remedy}</p>`}</div></li>`
}
