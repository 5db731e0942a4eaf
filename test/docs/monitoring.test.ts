import { test } from 'tap'
import { parse } from 'yaml'
import { anchorsOf, document, read } from './documents.ts'
import { metricNames } from './known.ts'

interface Rule {
  readonly alert: string
  readonly labels: { readonly severity: string }
  readonly annotations: Readonly<Record<string, string>>
}

const text = read('config/prometheus/alerts.yaml')
const { groups } = parse(text) as { groups: readonly { rules: readonly Rule[] }[] }
const rules = groups.flatMap((group) => group.rules)

test('every alert says what to do, and leads to its section', (t) => {
  const anchors = anchorsOf(document('docs/troubleshooting.md'))
  for (const { alert, annotations } of rules) {
    t.strictSame(Object.keys(annotations), ['summary', 'runbook', 'runbook_url'], alert)
    t.equal(annotations['runbook_url'], `docs/troubleshooting.md#${alert.toLowerCase()}`)
    t.ok(anchors.has(alert.toLowerCase()), alert)
  }
  t.end()
})

test('the alerts are those of the documentation', (t) => {
  const rows = [...document('docs/monitoring.md').matchAll(/^\| (BcSidecar\w+) \| (\w+) \|/gm)]
  t.strictSame(
    rows.map(([, alert, severity]) => `${alert} ${severity}`),
    rules.map(({ alert, labels }) => `${alert} ${labels.severity}`),
  )
  t.end()
})

for (const path of ['config/prometheus/alerts.yaml', 'config/grafana/dashboard.json']) {
  test(`${path} names metrics that there are`, (t) => {
    const names = [...read(path).matchAll(/bc_sidecar_[a-z_]+/g)].map(([name]) => name)
    t.not(names.length, 0)
    for (const name of names) t.ok(metricNames.includes(name.replace(/_(bucket|sum|count)$/, '')), name)
    t.end()
  })
}

test('every metric of ours is in an alert or on the dashboard', (t) => {
  const all = text + read('config/grafana/dashboard.json')
  for (const name of metricNames) t.ok(all.includes(name), name)
  t.end()
})
