import { createHash } from 'node:crypto'
import { test } from 'tap'
import { environmentVerdict } from '../../src/admin/page/verdict.ts'
import { openAdmin } from './admin-server.ts'
import { environmentReport, inSeconds, lostRequest, noCertificate, requestRecord } from './reports.ts'

const failing = environmentReport({
  name: 'production',
  ready: false,
  reason: 'the passphrase is wrong',
  everHeldToken: false,
  certificate: { ...noCertificate, lastError: 'the passphrase is wrong' },
  token: {
    state: 'rejected',
    expiresAt: null,
    lastRequestAt: null,
    nextAttemptAt: inSeconds(90),
    thumbprintMatches: null,
    budgetRemaining: 0,
  },
})

test('the page tells of every environment at a glance, and what is wrong with it', async (t) => {
  const { ask, state, metrics } = await openAdmin(t)
  state.environments = [environmentReport(), failing]
  for (let count = 0; count < 9; count++) metrics.request(requestRecord({ durationMs: 1500 }))
  metrics.request(requestRecord(lostRequest))
  metrics.request(requestRecord({ status: 500 }))
  metrics.request(requestRecord({ status: 499 }))
  metrics.reload('production', 'refused')
  const { status, headers, body } = await ask('/')
  t.equal(status, 200)
  t.equal(headers['content-type'], 'text/html; charset=utf-8')
  t.match(body, '<title>production not ready · bc-sidecar</title>')
  t.match(body, 'Not ready: the passphrase is wrong')
  t.match(body, /<time datetime="2026-11-23T10:04:10.000Z" data-tick="until"[^>]*>4:10<\/time> <small>left/)
  t.match(body, '200 <small>days left</small>')
  t.match(body, /in <time [^>]*>1:30<\/time>/)
  t.match(body, /1\.\d s <small>median/)
  t.match(body, /bank_connection_lost<\/code><span class="meaning">The connection to the bank was lost/)
  t.match(body, /<code>499<\/code><span class="meaning">The app hung up/)
  t.match(body, /<code>500<\/code><span class="meaning">An answer of the bank/)
  t.match(body, /POST \/api\/v1\/accounts\/:id<\/code><span class="id">r-1/)
  t.match(body, 'may have reached the bank')
  t.match(body, /the passphrase is wrong <small><time [^>]*>just now/)
  t.match(body, /refused <time [^>]*>just now/)
})

test('the policy of the page allows its own style and script by their hashes, and nothing else', async (t) => {
  const { ask } = await openAdmin(t)
  const { headers, body } = await ask('/')
  const hash = (tag: string) => {
    const [, text = ''] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(body) ?? []
    return `sha256-${createHash('sha256').update(text).digest('base64')}`
  }
  t.equal(
    headers['content-security-policy'],
    `default-src 'none'; script-src '${hash('script')}'; style-src '${hash('style')}'; connect-src 'self'; ` +
      "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  )
  t.notMatch(body, /\sstyle=|\son[a-z]+=|src=|https?:\/\/(?!www\.w3\.org|localhost)/)
})

test('whatever the environments are called, and whatever the bank said, is text on the page', async (t) => {
  const { ask, state } = await openAdmin(t)
  const evil = `<script>alert(1)</script>"'&`
  const certificate = { subject: evil, issuer: evil, lastError: evil }
  state.environments = [
    environmentReport({ listen: evil, warnings: [evil], certificate, token: { lastError: evil } }),
  ]
  const { body } = await ask('/')
  t.equal(body.split('<script>').length, 2)
  t.match(body, '&#60;script&#62;alert(1)&#60;/script&#62;&#34;&#39;&#38;')
})

test('the part that lives is asked for by itself', async (t) => {
  const { ask, state } = await openAdmin(t)
  const { body, headers } = await ask('/status?view=page')
  t.match(
    body,
    /^<div id="live" data-now="2026-11-23T10:00:00.000Z" data-title="Everything serves · bc-sidecar"/,
  )
  t.match(headers, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': /script-src/ })
  t.match((await ask('/')).body, body.slice(0, 200))
  state.draining = true
  t.match((await ask('/status?view=page')).body, 'Shutting down, 2 requests in flight')
  state.environments = [environmentReport({ inFlight: 1 })]
  t.match((await ask('/status?view=page')).body, 'Shutting down, 1 request in flight')
})

test('a single environment needs no overview, and an idle one has its tiles all the same', async (t) => {
  const { ask, state } = await openAdmin(t)
  const token = { state: 'renewing', expiresAt: inSeconds(4000), thumbprintMatches: false } as const
  state.environments = [environmentReport({ token, certificate: { daysLeft: 1 } })]
  const { body } = await ask('/')
  t.notMatch(body, 'class="overview"')
  t.match(body, 'None since the start.')
  t.match(body, '– <small>median</small>')
  t.match(body, '1 <small>day left</small>')
  t.match(body, 'another certificate')
  t.match(body, '1:06:40')
  t.match(body, 'Everything serves, with problems')
})

test('the worst environment gives the colour of the whole', async (t) => {
  const { ask, state } = await openAdmin(t)
  const soon = environmentReport({ name: 'production', certificate: { daysLeft: 20 } })
  state.environments = [environmentReport(), soon]
  t.match((await ask('/')).body, 'Everything serves, with warnings')
  state.environments = [soon, environmentReport({ certificate: { daysLeft: 2 } })]
  t.match((await ask('/')).body, 'Everything serves, with problems')
})

test('a verdict is a word as well as a colour', (t) => {
  const verdict = (ready: boolean, level?: 'problem' | 'warning') =>
    environmentVerdict({
      ready,
      findings: level === undefined ? [] : [{ level, message: '', remedy: null, at: null }],
    } as unknown as Parameters<typeof environmentVerdict>[0]).short
  t.same(
    [verdict(true), verdict(true, 'warning'), verdict(true, 'problem'), verdict(false)],
    ['Serving', 'Warnings', 'Problems', 'Not ready'],
  )
  t.end()
})
