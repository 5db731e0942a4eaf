import { createHash } from 'node:crypto'
import type { SidecarStatus } from '../status.ts'
import { environmentCard } from './environment-card.ts'
import { tickingTime } from './format.ts'
import { Html, html } from './html.ts'
import { environmentId, overview } from './overview.ts'
import { pageScript } from './script.ts'
import { pageStyle } from './style.ts'
import { overallVerdict, type Verdict, verdictBadge } from './verdict.ts'

export interface Page {
  /** The whole page. */
  document(status: SidecarStatus): string
  /** The part of it that changes. */
  live(status: SidecarStatus): string
  /** Nothing from anywhere but what is in the page itself, by its hash. */
  readonly securityPolicy: string
}

export function createPage(): Page {
  return {
    document: (status) => `<!doctype html>\n${documentOf(status).text}`,
    live: (status) => livePart(status).text,
    securityPolicy: [
      "default-src 'none'",
      `script-src '${hashOf(pageScript)}'`,
      `style-src '${hashOf(pageStyle)}'`,
      "connect-src 'self'",
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ].join('; '),
  }
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`
}

function documentOf(status: SidecarStatus): Html {
  const verdict = overallVerdict(status)
  return html`<html lang="en"><head><meta charset="utf-8"><title>${titleOf(verdict)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<link rel="icon" id="icon" href="${iconOf(verdict)}">
<noscript><meta http-equiv="refresh" content="10"></noscript>
<style>${new Html(pageStyle)}</style></head>
<body><p id="stale" role="status" hidden></p>${livePart(status)}
<footer><p>The same for machines: <a href="/status">/status</a> <a href="/metrics">/metrics</a> <a href="/readyz">/readyz</a> <a href="/startupz">/startupz</a> <a href="/livez">/livez</a></p>
<p><span id="mark" hidden>Live: looks every 2 seconds</span><noscript>Loads again every 10 seconds</noscript></p></footer>
<script>${new Html(pageScript)}</script></body></html>`
}

function livePart(status: SidecarStatus): Html {
  const { now, version, node, startedAt, environments } = status
  const verdict = overallVerdict(status)
  return html`<div id="live" data-now="${now}" data-title="${titleOf(verdict)}" data-icon="${iconOf(verdict)}">
<header class="top"><h1>${mark}bc-sidecar</h1><div role="status">${verdictBadge(verdict)}</div>
<p class="about">version ${version} on Node.js ${node}, up for ${tickingTime('span', startedAt, now)}</p></header>
<main>${overview(status)}${Object.entries(environments).map(([name, one], index) =>
    environmentCard(name, environmentId(index), one, now),
  )}</main></div>`
}

/** A car, and the sidecar that goes wherever it goes. */
const mark = html`<svg viewBox="0 0 16 16" aria-hidden="true"><rect width="9" height="16" rx="2.5"/><rect x="10.5" y="6" width="5.5" height="10" rx="2" opacity=".55"/></svg>`

function titleOf({ text }: Verdict): string {
  return `${text} · bc-sidecar`
}

const iconColors = { ok: '#14803f', warn: '#d18700', bad: '#c62828' }

function iconOf({ level }: Verdict): string {
  const shape = { ok: 'M4.5 8.5l2.5 2.5 5-6', warn: 'M8 4v5M8 11.8v.2', bad: 'M5 5l6 6M11 5l-6 6' }[level]
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><circle cx="8" cy="8" r="8" fill="${iconColors[level]}"/><path d="${shape}" fill="none" stroke="#fff" stroke-width="2" stroke-linecap="round"/></svg>`
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}
