import { type Html, html } from './html.ts'

// These three also run in the page, as text (script.ts): each has to stand by itself.

/** What is left, as a clock: `4:07`, `1:02:03`. */
export function countdownText(ms: number): string {
  const total = Math.ceil(ms / 1000)
  if (total <= 0) return '0:00'
  const minutes = Math.floor(total / 60) % 60
  const seconds = String(total % 60).padStart(2, '0')
  const hours = Math.floor(total / 3600)
  return hours === 0 ? `${minutes}:${seconds}` : `${hours}:${String(minutes).padStart(2, '0')}:${seconds}`
}

export function agoText(ms: number): string {
  const seconds = Math.floor(ms / 1000)
  if (seconds < 5) return 'just now'
  if (seconds < 60) return `${seconds} s ago`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  return seconds < 172_800
    ? `${Math.floor(seconds / 3600)} h ago`
    : `${Math.floor(seconds / 86_400)} days ago`
}

export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} days`
}

export type Tick = 'until' | 'ago' | 'span'

/** A moment told by its distance, which the page's script keeps going. */
export function tickingTime(tick: Tick, time: string, now: string): Html {
  const distance = Date.parse(time) - Date.parse(now)
  const text = { until: countdownText(distance), ago: agoText(-distance), span: spanText(-distance) }[tick]
  return html`<time datetime="${time}" data-tick="${tick}" title="${momentText(time)}">${text}</time>`
}

/** `2026-12-24 10:00 UTC`. */
export function momentText(time: string): string {
  return `${time.slice(0, 10)} ${time.slice(11, 16)} UTC`
}

export function rateText(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : String(Math.round(perSecond * 10) / 10)
}

export function latencyText(ms: number | null): string {
  if (ms === null) return '–'
  return ms >= 1000 ? `${Math.round(ms / 100) / 10} s` : `${ms} ms`
}

export function countText(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
