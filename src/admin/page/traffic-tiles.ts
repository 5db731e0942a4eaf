import type { TrafficReport } from '../traffic.ts'
import { barChart, lineChart } from './charts.ts'
import { latencyText, rateText } from './format.ts'
import { type Html, html } from './html.ts'

export function requestsTile({ requests, requestsPerSecond, inFlight, recent, series }: TrafficReport): Html {
  const peak = rateText(Math.max(...series.requestsPerSecond))
  const now = rateText(requestsPerSecond)
  const label = `Requests per second over the last five minutes: now ${now}, at most ${peak}; ${recent.failures} of ${recent.requests} failed`
  return html`<article class="tile"><h3>Requests</h3>
<p class="big">${now} <small>per second</small></p>
<figure>${barChart({ label, values: series.requestsPerSecond, failed: series.failuresPerSecond })}
${axis(`at most ${peak} per second`)}</figure>
<ul class="legend"><li class="key-bars">requests</li><li class="key-failed">failed (${recent.failures} of ${recent.requests})</li></ul>
<dl><div><dt>In flight</dt><dd>${inFlight}</dd></div><div><dt>Since start</dt><dd>${requests}</dd></div></dl></article>`
}

export function latencyTile({ latencyMs: { p50, p99 }, series }: TrafficReport): Html {
  const known = series.p99Ms.filter((value) => value !== null)
  const worst = latencyText(known.length === 0 ? null : Math.max(...known))
  const label = `Latency over the last five minutes: median ${latencyText(p50)}, 99th percentile ${latencyText(p99)}, at most ${worst}`
  return html`<article class="tile"><h3>Latency</h3>
<p class="big">${latencyText(p50)} <small>median</small></p>
<figure>${lineChart({ label, p50: series.p50Ms, p99: series.p99Ms })}
${axis(known.length === 0 ? 'nothing measured' : `at most ${worst}`)}</figure>
<ul class="legend"><li class="key-p50">median</li><li class="key-p99">99th percentile</li></ul>
<dl><div><dt>99th percentile</dt><dd>${latencyText(p99)}</dd></div></dl></article>`
}

function axis(peak: string): Html {
  return html`<figcaption><span>5 min ago</span><span>${peak}</span><span>now</span></figcaption>`
}
