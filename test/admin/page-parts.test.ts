import { test } from 'tap'
import { barChart, lineChart } from '../../src/admin/page/charts.ts'
import { agoText, countdownText, latencyText, rateText, spanText } from '../../src/admin/page/format.ts'
import { html } from '../../src/admin/page/html.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test('times are told as a person would', (t) => {
  const table: readonly [told: string, text: string][] = [
    [countdownText(-5), '0:00'],
    [countdownText(7 * second), '0:07'],
    [countdownText(4 * minute + 200), '4:01'],
    [countdownText(2 * hour + 3 * second), '2:00:03'],
    [agoText(-100), 'just now'],
    [agoText(59 * second), '59 s ago'],
    [agoText(61 * second), '1 min ago'],
    [agoText(47 * hour), '47 h ago'],
    [agoText(3 * day), '3 days ago'],
    [spanText(-1), '0 s'],
    [spanText(59 * minute), '59 min'],
    [spanText(3 * hour + 5 * minute), '3 h 5 min'],
    [spanText(49 * hour), '2 days'],
    [rateText(0.04), '0'],
    [rateText(99.96), '100'],
    [rateText(1234.5), '1235'],
    [latencyText(null), '–'],
    [latencyText(0.57), '0.57 ms'],
    [latencyText(2500), '2.5 s'],
  ]
  for (const [told, text] of table) t.equal(told, text)
  t.end()
})

test('HTML is escaped where it is text, and only there', (t) => {
  const inner = html`<b>${'<&>"\''}</b>`
  t.equal(
    html`<p title="${'"'}">${inner}${[1, 'x', null, false]}${0}</p>`.text,
    '<p title="&#34;"><b>&#60;&#38;&#62;&#34;&#39;</b>1x0</p>',
  )
  t.end()
})

test('a bar is as high as its value, a failed part stands in front of it, and nothing is nothing', (t) => {
  const { text } = barChart({ label: 'a & b', values: [2, 0, 4], failed: [0, 0, 0.01] })
  t.match(text, 'aria-label="a &#38; b"')
  t.match(text, 'class="bars" d="M0 56v-28h4.5v28zM12 56v-56h4.5v56z"')
  t.match(text, 'class="failed" d="M12.75 56v-1.5h3v1.5z"')
  t.match(barChart({ label: '', values: [0, 0], failed: [0, 0] }).text, 'class="bars" d=""')
  t.end()
})

test('a line breaks off where nothing was measured, and a lonely point is a dot', (t) => {
  const { text } = lineChart({ label: '', p50: [10, 10, null, 10], p99: [20, 20, null, null] })
  t.match(text, 'class="p50" d="M2.25 29.33h0L8.25 29.33M20.25 29.33h0"')
  t.match(text, 'class="p99" d="M2.25 2.67h0L8.25 2.67"')
  t.end()
})
