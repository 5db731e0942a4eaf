import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor'
import { PrometheusRule } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule'
import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { test } from 'tap'
import { parse, parseAllDocuments } from 'yaml'
import { read } from '../docs/documents.ts'
import { build, directory, type Manifest, readYaml } from './overlay.ts'
import { undeclared } from './undeclared.ts'

const models = { Deployment, NetworkPolicy, PodMonitor, PrometheusRule } as const
const manifests = build('example')

test('the example holds one of each kind, and each is what Kubernetes takes', (t) => {
  t.strictSame(manifests.map(({ kind }) => String(kind)).toSorted(), Object.keys(models).toSorted())
  for (const manifest of manifests) {
    const model = new models[manifest['kind'] as keyof typeof models](manifest as never)
    t.doesNotThrow(() => model.validate(), String(manifest['kind']))
  }
  t.end()
})

test('no field is misspelt', (t) => {
  const [first] = manifests
  const misspelt = { ...first, spec: { ...(first as { spec: object }).spec, replica: 2 } }
  const [fault, ...others] = undeclared(t, [...manifests, misspelt])
  t.match(fault, /replica/, 'but the one that is misspelt here')
  t.strictSame(others, [])
  t.end()
})

test('the rules are those that ship for Prometheus, word for word', (t) => {
  const { spec } = readYaml('monitoring/prometheus-rule.yaml') as { spec: unknown }
  t.strictSame(spec, parse(read('config/prometheus/alerts.yaml')))
  t.end()
})

const kubectl = spawnSync('kubectl', ['kustomize', join(directory, 'example')], { encoding: 'utf8' })

test('kustomize makes the same of it', { skip: kubectl.status === null && 'there is no kubectl' }, (t) => {
  const built = parseAllDocuments(kubectl.stdout).map((one) => one.toJS() as Manifest)
  const own = built.filter(({ kind }) => kind !== 'ConfigMap')
  const text = JSON.stringify(own)
    .replace(/registry\.example\/([a-z-]+):[\d.]+/g, '$1')
    .replace(/bc-sidecar-[a-z\d]{10}(?=")/g, 'bc-sidecar')
    .replaceAll(',"namespace":"payments"', '')
  const byKind = (list: readonly Manifest[]) =>
    list.toSorted((a, b) => (String(a['kind']) < String(b['kind']) ? -1 : 1))
  t.strictSame(byKind(JSON.parse(text)), byKind(manifests))
  t.end()
})
