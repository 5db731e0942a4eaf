import type { EnvironmentStatus, SidecarStatus } from '../status.ts'
import { latencyText, rateText, tickingTime } from './format.ts'
import { type Html, html } from './html.ts'
import { environmentVerdict, verdictBadge } from './verdict.ts'

/** Several environments at a glance; for a single one its card says it all. */
export function overview({ environments, now }: SidecarStatus): Html | null {
  const all = Object.entries(environments)
  if (all.length < 2) return null
  return html`<section class="overview" aria-label="All environments"><table>
<thead><tr><th scope="col">Environment</th><th scope="col">State</th><th scope="col" class="number roomy">Token</th><th scope="col" class="number">Certificate</th><th scope="col" class="number roomy">Requests</th><th scope="col" class="number roomy">Median</th></tr></thead>
<tbody>${all.map(([name, status], index) => row(name, index, status, now))}</tbody></table></section>`
}

function row(name: string, index: number, status: EnvironmentStatus, now: string): Html {
  const { token, certificate, traffic } = status
  const { daysLeft } = certificate
  const { level, short } = environmentVerdict(status)
  return html`<tr><th scope="row"><a href="#${environmentId(index)}">${name}</a></th><td>${verdictBadge({ level, text: short })}</td>
<td class="number roomy">${token.expiresAt === null ? 'none' : tickingTime('until', token.expiresAt, now)}</td>
<td class="number">${daysLeft === null ? 'none' : `${Math.max(0, Math.floor(daysLeft))} days`}</td>
<td class="number roomy">${rateText(traffic.requestsPerSecond)}/s</td><td class="number roomy">${latencyText(traffic.latencyMs.p50)}</td></tr>`
}

/** Names of environments need not be fit for an id. */
export function environmentId(index: number): string {
  return `environment-${index + 1}`
}
