import { existsSync } from 'node:fs'
import { type Browser, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Without these Chromium asks its maker's servers, which a closed network refuses one by one. */
const quiet = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** A real browser; a machine without one fails the test rather than passing it by. */
export async function openBrowser(t: Test): Promise<Browser> {
  const executablePath = places.find((place) => existsSync(place))
  if (executablePath === undefined) throw new Error('no Chromium here: apt-get install chromium')
  const browser = await chromium.launch({ executablePath, args: quiet })
  t.teardown(() => browser.close())
  return browser
}

/** What the page asked for, and what the browser complained about. */
export function watch(page: Page): { readonly asked: Set<string>; readonly complaints: string[] } {
  const asked = new Set<string>()
  const complaints: string[] = []
  page.on('request', (request) => asked.add(request.url()))
  page.on('pageerror', ({ message }) => complaints.push(message))
  page.on('console', (line) => {
    if (line.type() === 'error' || line.type() === 'warning') complaints.push(line.text())
  })
  return { asked, complaints }
}

/** WCAG 2.2 §1.4.3: every text with less than 4.5 : 1 between it and what is behind it, as the browser computed both. */
export const faintTexts = `(() => {
  const rgba = (text) => { const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number); return { r, g, b, a } }
  const part = (c) => { c /= 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4 }
  const light = ({ r, g, b }) => 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const color = rgba(getComputedStyle(e).backgroundColor)
      if (color.a === 1) return color
    }
    return { r: 255, g: 255, b: 255 }
  }
  const found = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement
    if (node.data.trim() === '' || element.closest('script, style, noscript, [hidden]')) continue
    const [a, b] = [light(rgba(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x)
    const ratio = (a + 0.05) / (b + 0.05)
    if (ratio < 4.5) found.push(node.data.trim() + ': ' + ratio.toFixed(2))
  }
  return found
})()`
