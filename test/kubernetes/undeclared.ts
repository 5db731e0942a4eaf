import { join } from 'node:path'
import type { Test } from 'tap'
import ts from 'typescript'
import type { Manifest } from './overlay.ts'

const modules: Readonly<Record<string, string>> = {
  Deployment: 'kubernetes-models/apps/v1/Deployment',
  NetworkPolicy: 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  Service: 'kubernetes-models/v1/Service',
  PodMonitor: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor',
  PrometheusRule: '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PrometheusRule',
}

const options: ts.CompilerOptions = {
  noEmit: true,
  strict: true,
  types: [],
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
}
/** Parses each file of a package once for all programs. */
const host = ts.createCompilerHost(options)
const parse = host.getSourceFile.bind(host)
const parsed = new Map<string, ts.SourceFile | undefined>()
host.getSourceFile = (name, ...how) => {
  if (!name.includes('/node_modules/')) return parse(name, ...how)
  if (!parsed.has(name)) parsed.set(name, parse(name, ...how))
  return parsed.get(name)
}

/** What the types of Kubernetes do not know: its own schemas let unknown fields pass, and so does the API. */
export function undeclared(t: Test, manifests: readonly Manifest[]): readonly string[] {
  const lines = manifests.map((manifest, index) => {
    const kind = String(manifest['kind'])
    return `const _${index}: import('${modules[kind]}').I${kind} = ${JSON.stringify(manifest)}`
  })
  const file = join(t.testdir({ 'manifests.ts': `${lines.join('\n')}\nexport {}\n` }), 'manifests.ts')
  return ts
    .getPreEmitDiagnostics(ts.createProgram([file], options, host))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}
