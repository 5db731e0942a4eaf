import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'tap'
import { openAdmin } from '../admin/admin-server.ts'
import {
  environmentReport,
  inSeconds,
  lostRequest,
  noCertificate,
  requestRecord,
  startedAt,
} from '../admin/reports.ts'
import { until } from '../support/until.ts'
import { faintTexts, openBrowser, watch } from './chromium.ts'

const failing = environmentReport({
  name: 'production',
  ready: false,
  reason: 'the passphrase of the certificate is wrong',
  everHeldToken: false,
  inFlight: 0,
  warnings: ['apps on other machines may call without a secret: set BC_APP_SECRET_FILE'],
  certificate: { ...noCertificate, lastError: 'the passphrase of the certificate is wrong' },
  token: { state: 'none', expiresAt: null, lastRequestAt: null, thumbprintMatches: null, budgetRemaining: 0 },
})

/** The listener with a clock that goes, five minutes of traffic, and one environment of two failing. */
async function openBusyAdmin(t: Parameters<typeof openAdmin>[0]) {
  const begun = performance.now()
  const admin = await openAdmin(t, { wallNow: () => startedAt + performance.now() - begun })
  admin.state.environments = [environmentReport({ certificate: { daysLeft: 21 } }), failing]
  for (let second = 0; second < 300; second++) {
    admin.clock.seconds += 1
    for (let count = 0; count < 5 + 4 * Math.sin(second / 20); count++)
      admin.metrics.request(requestRecord({ durationMs: 30 + ((second * 7 + count * 13) % 50) }))
    if (second > 220 && second < 250) admin.metrics.request(requestRecord(lostRequest))
  }
  admin.metrics.reload('production', 'refused')
  return admin
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const [device, width] of [
    ['desk', 1280],
    ['phone', 360],
  ] as const) {
    test(`on a ${device} in the ${colorScheme} the page fits, can be read, and needs nothing from elsewhere`, async (t) => {
      const { url } = await openBusyAdmin(t)
      const browser = await openBrowser(t)
      const page = await browser.newPage({ colorScheme, viewport: { width, height: 800 } })
      const { asked, complaints } = watch(page)
      await page.goto(url)
      await until(() => asked.has(`${url}/status?view=page`))
      t.same(await page.evaluate(faintTexts), [], 'every text has a contrast of 4.5')
      t.ok(Number(await page.evaluate('document.documentElement.scrollWidth')) <= width, 'nothing sticks out')
      const scrolls =
        "document.querySelector('.overview').scrollWidth - document.querySelector('.overview').clientWidth"
      t.equal(await page.evaluate(scrolls), 0, 'nor does the overview need to be scrolled')
      t.same(complaints, [], 'the browser complains of nothing, its security policy included')
      t.same([...asked].filter((address) => !address.startsWith('data:')).toSorted(), [
        `${url}/`,
        `${url}/status?view=page`,
      ])
      const { SCREENSHOTS: directory } = process.env
      if (directory !== undefined)
        await page.screenshot({ path: `${directory}/${colorScheme}-${device}.png`, fullPage: true })
    })
  }
}

test('what changes at the sidecar changes on the page, in place and without a reload', async (t) => {
  const { url, state, metrics } = await openBusyAdmin(t)
  const page = await (await openBrowser(t)).newPage()
  await page.goto(url)
  t.equal(await page.title(), 'production not ready · bc-sidecar')
  t.match(await page.locator('.findings').last().innerText(), 'the passphrase of the certificate is wrong')
  await page.getByRole('link', { name: 'sandbox' }).focus()
  await page.evaluate('document.querySelector("main").marked = true')

  state.environments = [environmentReport(), environmentReport({ name: 'production', inFlight: 17 })]
  metrics.request(requestRecord({ environment: 'production' }))
  await until(async () => (await page.title()) === 'Everything serves · bc-sidecar')
  t.equal(await page.locator('header [role=status]').innerText(), '✓\nEverything serves')
  t.match(await page.getByRole('region', { name: 'production' }).innerText(), /In flight\s+17/)
  t.ok(await page.evaluate('document.querySelector("main").marked'), 'the same page')
  t.equal(await page.evaluate('document.activeElement.textContent'), 'sandbox', 'the focus stays')
})

test('the token’s life runs down every second', async (t) => {
  const { url, state } = await openBusyAdmin(t)
  state.environments = [environmentReport({ token: { expiresAt: inSeconds(250) } })]
  const page = await (await openBrowser(t)).newPage()
  await page.goto(url)
  const left = page.locator('.big time')
  const first = await left.innerText()
  t.match(first, /^4:\d\d$/)
  const bar = page.getByRole('progressbar', { name: 'Token life left' })
  const full = Number(await bar.getAttribute('value'))
  await until(async () => (await left.innerText()) !== first)
  t.ok((await left.innerText()) < first)
  t.ok(Number(await page.evaluate('document.querySelector("progress").value')) <= full)
})

test('a sidecar that is gone is told, and so is its return', async (t) => {
  const { url } = await openBusyAdmin(t)
  const page = await (await openBrowser(t)).newPage()
  await page.goto(url)
  await page.route('**/status?view=page', (route) => route.abort())
  const stale = page.getByText('No answer since')
  await stale.waitFor({ state: 'visible' })
  t.ok(await page.getByRole('heading', { name: 'sandbox' }).isVisible(), 'the last state stays')
  await page.unroute('**/status?view=page')
  await stale.waitFor({ state: 'hidden' })
})

test('the page is structured for those who cannot see it', async (t) => {
  const { url } = await openBusyAdmin(t)
  const page = await (await openBrowser(t)).newPage()
  await page.goto(url)
  for (const landmark of ['banner', 'main', 'contentinfo'] as const)
    t.equal(await page.getByRole(landmark).count(), 1, landmark)
  for (const name of ['sandbox', 'production'])
    t.ok(await page.getByRole('region', { name }).isVisible(), `a region called ${name}`)
  t.ok(await page.getByRole('columnheader', { name: 'Certificate' }).isVisible())
  t.ok(await page.getByRole('rowheader', { name: 'production' }).isVisible())
  const charts = await page.getByRole('img').all()
  t.equal(charts.length, 4)
  for (const chart of charts) t.match(await chart.getAttribute('aria-label'), /over the last five minutes/)
  t.equal(await page.locator('html').getAttribute('lang'), 'en')
})

test('without a script it is the same page, which loads itself again', async (t) => {
  const { url } = await openBusyAdmin(t)
  const context = await (await openBrowser(t)).newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  await page.goto(url)
  t.ok(await page.getByRole('heading', { name: 'production' }).isVisible())
  t.match(await page.getByRole('contentinfo').innerText(), 'Loads again every 10 seconds')
  t.equal(await page.locator('meta[http-equiv=refresh]').count(), 1)
})

test('another site can neither lead here nor frame the page', async (t) => {
  const { url, port } = await openBusyAdmin(t)
  const body = `<!doctype html><a href="${url}/">here</a><iframe src="${url}/"></iframe>`
  const site = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(body))
  await once(site.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => site.close().closeAllConnections())
  const { port: sitePort } = site.address() as AddressInfo
  const page = await (await openBrowser(t)).newPage()
  const framed = page.waitForResponse(`${url}/`)
  await page.goto(`http://localhost:${sitePort}/`)
  t.equal((await framed).status(), 403)
  const followed = page.waitForResponse(`${url}/`)
  await page.getByRole('link').click()
  t.equal((await followed).status(), 403)
  const own = await page.goto(`http://localhost:${port}/`)
  t.equal(own?.status(), 200, 'a person at the address bar may')
})
