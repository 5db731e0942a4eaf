import { nginx, type Rig, sidecar } from '../rig/proxies.ts'
import { measureInRounds } from '../rig/rounds.ts'
import { paths } from '../rig/upstream.ts'

/** Some seconds for CI: says the multiples, and judges none of them. */
export async function quick(rig: Rig): Promise<void> {
  for (const method of ['GET', 'POST'] as const) {
    const [, ours] = await measureInRounds({
      rig,
      subjects: [nginx, sidecar('bc-sidecar')],
      path: paths.small,
      method,
      connections: 32,
      rounds: 3,
      seconds: 1,
      warmUpSeconds: 3,
    })
    if (ours === undefined) throw new Error('nothing was measured')
    const { times, cpuMicros } = ours
    console.log(
      `note: ${method} costs ${times.median.toFixed(2)} × nginx (${times.least.toFixed(2)}–${times.most.toFixed(2)}), ` +
        `${cpuMicros.median.toFixed(0)} µs of CPU, on Node.js ${process.versions.node}`,
    )
  }
}
