import { Deployment } from 'kubernetes-models/apps/v1/Deployment'
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy'
import { Service } from 'kubernetes-models/v1/Service'
import { test } from 'tap'
import { build, readYaml } from './overlay.ts'
import { undeclared } from './undeclared.ts'

const models = { Deployment, NetworkPolicy, Service } as const

test('Redis, its Service and its policies are what Kubernetes takes', (t) => {
  const manifests = build('fleet')
  t.strictSame(
    manifests.map(({ kind }) => kind),
    ['Deployment', 'Service', 'NetworkPolicy', 'NetworkPolicy'],
  )
  for (const manifest of manifests) {
    const model = new models[manifest['kind'] as keyof typeof models](manifest as never)
    t.doesNotThrow(() => model.validate(), String(manifest['kind']))
  }
  t.strictSame(undeclared(t, manifests), [])
  t.end()
})

test('the sidecar gets the URL of Redis from a secret', (t) => {
  const { spec } = readYaml('fleet/sidecar.yaml') as never as {
    spec: { template: { spec: { initContainers: { name: string; env: object[] }[] } } }
  }
  t.strictSame(spec.template.spec.initContainers, [
    {
      name: 'bc-sidecar',
      env: [
        {
          name: 'BC_TOKEN_CACHE',
          valueFrom: { secretKeyRef: { name: 'bc-sidecar-redis', key: 'url', optional: true } },
        },
      ],
    },
  ])
  t.end()
})
