import { test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { build, readYaml } from './overlay.ts'

interface Probe {
  readonly httpGet: { readonly path: string; readonly port: string }
}

interface Container {
  readonly name: string
  readonly restartPolicy: string
  readonly env: readonly { readonly name: string; readonly value: string }[]
  readonly envFrom: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly ports: readonly { readonly name: string; readonly containerPort: number }[]
  readonly startupProbe: Probe
  readonly readinessProbe: Probe
  readonly livenessProbe: Probe
  readonly securityContext: object
  readonly volumeMounts: readonly {
    readonly name: string
    readonly mountPath: string
    readonly readOnly: boolean
  }[]
}

interface PodSpec {
  readonly enableServiceLinks: boolean
  readonly terminationGracePeriodSeconds: number
  readonly initContainers: readonly Container[]
  readonly containers: readonly Container[]
  readonly volumes: readonly { readonly name: string; readonly secret: { readonly defaultMode: number } }[]
}

const deployment = build('example').find(({ kind }) => kind === 'Deployment') as unknown as {
  readonly spec: {
    readonly template: { readonly metadata: { readonly labels: object }; readonly spec: PodSpec }
  }
}
const { metadata, spec: pod } = deployment.spec.template
const [sidecar] = pod.initContainers as readonly [Container]
const { configMapGenerator } = readYaml('example/kustomization.yaml') as unknown as {
  readonly configMapGenerator: readonly [{ readonly name: string; readonly literals: readonly string[] }]
}
const [generated] = configMapGenerator

/** What the container would be configured with. */
function configuration() {
  const literals = generated.literals.map(
    (literal) => /^(\w+)=(.*)$/s.exec(literal)?.slice(1) as [string, string],
  )
  const own = sidecar.env.map(({ name, value }) => [name, value] as const)
  return loadConfiguration({ env: Object.fromEntries([...literals, ...own]) })
}

test('the sidecar is a native one, before everything of the app', async (t) => {
  t.equal(sidecar.name, 'bc-sidecar')
  t.equal(sidecar.restartPolicy, 'Always')
  t.strictSame(
    [...pod.initContainers, ...pod.containers].map(({ name }) => name),
    ['bc-sidecar', 'migrate', 'app'],
  )
  t.equal(pod.enableServiceLinks, false)
})

test('its settings are sound, and come from the ConfigMap that it names', async (t) => {
  t.equal(sidecar.envFrom[0]?.configMapRef.name, generated.name)
  const { environments } = await configuration()
  t.match(environments, [{ name: 'sandbox', listen: { host: '127.0.0.1', port: 8080 } }])
  t.equal(environments[0]?.allow?.length, 4)
})

test('there is time for the last request, and for the drain', async (t) => {
  const { environments, drainDelayMs, drainTimeoutMs } = await configuration()
  const graceMs = pod.terminationGracePeriodSeconds * 1000
  for (const { tokenTimeoutMs, connectTimeoutMs, responseTimeoutMs } of environments) {
    t.ok(
      graceMs > tokenTimeoutMs + connectTimeoutMs + responseTimeoutMs + drainDelayMs,
      'a request of the app',
    )
    t.ok(drainTimeoutMs > responseTimeoutMs, 'a bank that takes its time')
  }
  t.ok(graceMs > drainDelayMs + drainTimeoutMs, 'the whole drain')
})

test('the probes ask the admin listener, which lets them', async (t) => {
  const { adminListen, adminAllowRemote } = await configuration()
  const [port] = sidecar.ports
  t.match(adminListen, { host: '0.0.0.0', port: port?.containerPort })
  t.equal(adminAllowRemote, true)
  const { startupProbe, readinessProbe, livenessProbe } = sidecar
  t.strictSame(
    [startupProbe, readinessProbe, livenessProbe].map(({ httpGet }) => `${httpGet.path} ${httpGet.port}`),
    ['/startupz', '/readyz', '/livez'].map((path) => `${path} ${port?.name}`),
  )
})

test('the pod can be found by the PodMonitor', async (t) => {
  const { spec } = readYaml('monitoring/pod-monitor.yaml') as unknown as {
    readonly spec: {
      readonly selector: { readonly matchLabels: object }
      readonly podMetricsEndpoints: readonly { readonly port: string; readonly path: string }[]
    }
  }
  t.match(metadata.labels, spec.selector.matchLabels)
  t.match(spec.podMetricsEndpoints, [{ port: sidecar.ports[0]?.name, path: '/metrics' }])
})

test('the credentials are a whole directory, readable for the group alone', async (t) => {
  const [mount] = sidecar.volumeMounts
  t.strictSame(sidecar.volumeMounts.flatMap(Object.keys).toSorted(), ['mountPath', 'name', 'readOnly'])
  const { environments } = await configuration()
  const { certificateFile, certificatePassphraseFile, usernameFile, passwordFile } =
    environments[0]?.credentials ?? {}
  for (const file of [certificateFile, certificatePassphraseFile, usernameFile, passwordFile])
    t.ok(file?.startsWith(`${mount?.mountPath}/`), String(file))
  const volume = pod.volumes.find(({ name }) => name === mount?.name)
  t.equal(volume?.secret.defaultMode, 0o440)
})

test('it has no more rights than the strictest pod security standard allows', async (t) => {
  t.strictSame(sidecar.securityContext, {
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 0,
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ['ALL'] },
    seccompProfile: { type: 'RuntimeDefault' },
  })
})
