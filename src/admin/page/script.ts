import { agoText, countdownText, spanText } from './format.ts'

/**
 * Runs in the page: keeps the clocks going, and puts in place what changed at the sidecar. The sidecar renders,
 * so that the page without a script is the same page.
 */
export const pageScript = `'use strict'
const countdownText = ${String(countdownText)}
const agoText = ${String(agoText)}
const spanText = ${String(spanText)}
const every = 2000, everyHidden = 15000, patience = 5000
const stale = document.getElementById('stale')
let ahead = 0, answeredAt = new Date(), timer

function tick() {
  const now = Date.now() - ahead
  for (const time of document.querySelectorAll('time[data-tick]')) {
    const at = Date.parse(time.dateTime)
    const text = { until: countdownText(at - now), ago: agoText(now - at), span: spanText(now - at) }[time.dataset.tick]
    if (time.textContent !== text) time.textContent = text
  }
  for (const bar of document.querySelectorAll('progress[data-until]'))
    bar.value = Math.max(0, Date.parse(bar.dataset.until) - now)
}

function adopt(live) {
  ahead = Date.now() - Date.parse(live.dataset.now)
  document.title = live.dataset.title
  const icon = document.getElementById('icon')
  if (icon.href !== live.dataset.icon) icon.href = live.dataset.icon
  tick()
}

function morph(from, to) {
  if (from.nodeName !== to.nodeName || from.id !== to.id) return from.replaceWith(document.importNode(to, true))
  if (from.nodeType === Node.TEXT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name)
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value)
  const old = [...from.childNodes]
  const next = [...to.childNodes]
  next.forEach((node, index) => old[index] ? morph(old[index], node) : from.append(document.importNode(node, true)))
  for (const node of old.slice(next.length)) node.remove()
}

async function look() {
  clearTimeout(timer)
  try {
    const answer = await fetch('/status?view=page', { cache: 'no-store', signal: AbortSignal.timeout(patience) })
    if (!answer.ok) throw new Error(String(answer.status))
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const live = document.getElementById('live')
    morph(live, page.getElementById('live'))
    adopt(live)
    answeredAt = new Date()
    stale.hidden = true
  } catch {
    stale.textContent = 'No answer since ' + answeredAt.toLocaleTimeString() + '. Below is the state of then; trying again.'
    stale.hidden = false
  }
  clearTimeout(timer)
  timer = setTimeout(look, document.hidden ? everyHidden : every)
}

document.getElementById('mark').hidden = false
adopt(document.getElementById('live'))
setInterval(tick, 1000)
timer = setTimeout(look, every)
document.addEventListener('visibilitychange', () => document.hidden || look())
`
