// .ci/prometheus: real sidecars, scraped by a real Prometheus with the shipped rules. Every query of the dashboard has an
// answer, and alerts fire: for a certificate that is about to expire, a bank that throttles, a lost request, a refused file.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createProcesses, freePorts, until } from './processes.mjs'
import { startScene } from './scene.mjs'

const shipped = (path) => fileURLToPath(new URL(`../../config/${path}`, import.meta.url))
const expected = [
  'BcSidecarCertificateExpiring expiring',
  'BcSidecarCertificateExpiringSoon expiring',
  'BcSidecarRequestUnsure expiring',
  'BcSidecarReloadRefused expiring',
  'BcSidecarTokenThrottled throttled',
]

const directory = mkdtempSync(join(tmpdir(), 'bc-prometheus-'))
const processes = createProcesses()
try {
  await observe()
  const unsound = (await processes.stop()).filter(({ status }) => status !== 0)
  if (unsound.length > 0) throw new Error(`ended badly: ${JSON.stringify(unsound)}`)
} catch (error) {
  console.error(processes.said())
  throw error
} finally {
  await processes.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function observe() {
  const { expiring, throttled, certificate } = await startScene(processes, directory)
  const ask = await startPrometheus([expiring.admin, throttled.admin])
  await until(
    'both are scraped',
    async () => (await ask('query', 'sum(bc_sidecar_ready) + count(up == 1)'))[0]?.value[1] === '4',
  )
  // Once there are figures: a file that is no certificate, and apps at work. The bank loses the first call.
  writeFileSync(certificate, 'no certificate')
  const apps = setInterval(() => {
    for (const path of ['/api/v1/accounts', '/api/v1/nothing'])
      fetch(`${expiring.apps}${path}`).then(
        (answer) => answer.arrayBuffer(),
        () => undefined,
      )
  }, 200)
  try {
    await fired(ask)
    await answered(ask)
    await sound(ask)
  } finally {
    clearInterval(apps)
  }
}

async function startPrometheus(targets) {
  const [port] = await freePorts(1)
  const file = join(directory, 'prometheus.yaml')
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [shipped('prometheus/alerts.yaml')],
    scrape_configs: [{ job_name: 'bc-sidecar', static_configs: [{ targets }] }],
  }
  writeFileSync(file, JSON.stringify(config))
  const address = `127.0.0.1:${port}`
  processes.start('prometheus', 'prometheus', [
    `--config.file=${file}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=${address}`,
    '--log.level=warn',
  ])
  return async (what, query = '') => {
    const answer = await fetch(`http://${address}/api/v1/${what}?query=${encodeURIComponent(query)}`)
    const { status, data, error } = await answer.json()
    if (status !== 'success') throw new Error(`${query}: ${error}`)
    return data.result ?? data
  }
}

async function fired(ask) {
  const firing = async () => {
    const found = await ask('query', 'ALERTS{alertstate="firing"}')
    return found.map(({ metric }) => `${metric.alertname} ${metric.environment}`)
  }
  const missing = async () => {
    const found = await firing()
    return expected.filter((one) => !found.includes(one))
  }
  await until('alerts', async () => (await missing()).length === 0).catch(async (error) => {
    throw new Error(`${error.message}: ${(await missing()).join(', ')}`)
  })
  console.log(`note: fired: ${(await firing()).toSorted().join(', ')}`)
}

/** As Grafana would ask: with every environment, and a window that fits these seconds. */
async function answered(ask) {
  const { panels } = JSON.parse(readFileSync(shipped('grafana/dashboard.json'), 'utf8'))
  const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr))
  for (const query of queries) {
    const concrete = query.replaceAll('$__rate_interval', '20s').replaceAll('$environment', '.*')
    await until(`an answer to ${concrete}`, async () => (await ask('query', concrete)).length > 0, 5_000)
  }
  console.log(`note: ${queries.length} queries of the dashboard have data`)
}

async function sound(ask) {
  const { groups } = await ask('rules')
  const bad = groups.flatMap(({ rules }) => rules).filter(({ health }) => health !== 'ok')
  if (bad.length > 0) throw new Error(`rules that Prometheus cannot evaluate: ${JSON.stringify(bad)}`)
}
