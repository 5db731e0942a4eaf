import type { EnvironmentStatus, SidecarStatus } from '../status.ts'
import { countText } from './format.ts'
import { type Html, html } from './html.ts'

/** The one word that tells whether to worry: by colour, by sign and by text. */
export interface Verdict {
  readonly level: 'ok' | 'warn' | 'bad'
  readonly text: string
}

const signs = { ok: '✓', warn: '!', bad: '✕' }

export function environmentVerdict({
  ready,
  findings,
}: EnvironmentStatus): Verdict & { readonly short: string } {
  if (!ready) return { level: 'bad', text: 'Not ready', short: 'Not ready' }
  if (findings.some(({ level }) => level === 'problem')) {
    return { level: 'bad', text: 'Serving, with problems', short: 'Problems' }
  }
  if (findings.length > 0) return { level: 'warn', text: 'Serving, with warnings', short: 'Warnings' }
  return { level: 'ok', text: 'Serving', short: 'Serving' }
}

export function overallVerdict({ draining, environments }: SidecarStatus): Verdict {
  const all = Object.values(environments)
  const inFlight = all.reduce((sum, { traffic }) => sum + traffic.inFlight, 0)
  if (draining)
    return { level: 'warn', text: `Shutting down, ${countText(inFlight, 'request', 'requests')} in flight` }
  const failing = Object.entries(environments).filter(([, { ready }]) => !ready)
  if (failing.length > 0)
    return { level: 'bad', text: `${failing.map(([name]) => name).join(', ')} not ready` }
  const level = worst(all.map((status) => environmentVerdict(status).level))
  return { level, text: servingTexts[level] }
}

const servingTexts = {
  ok: 'Everything serves',
  warn: 'Everything serves, with warnings',
  bad: 'Everything serves, with problems',
}

export function verdictBadge({ level, text }: Verdict): Html {
  return html`<p class="badge ${level}"><span aria-hidden="true">${signs[level]}</span>${text}</p>`
}

function worst(levels: readonly Verdict['level'][]): Verdict['level'] {
  if (levels.includes('bad')) return 'bad'
  return levels.includes('warn') ? 'warn' : 'ok'
}
