import { get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Distance, keepDistance } from '../rig/distance.ts'
import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import type { Rig } from '../rig/proxies.ts'
import { type RunningSidecar, startSidecar } from '../rig/sidecar.ts'
import { paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

const roundTripMs = 20

/** What an app's first call costs, with a bank that is 20 ms away. */
export const firstRequest: Section = {
  name: 'first-request',
  heading: 'First request, bank 20 ms away',
  async measure(rig, { rounds }) {
    const cold: number[] = []
    const warm: number[] = []
    const resumed: number[] = []
    for (let round = 0; round < rounds; round += 1) {
      const distance = await keepDistance(rig.ground, rig.upstream.port, roundTripMs / 2)
      const running = await startDistant(rig, distance)
      try {
        cold.push(await call(running.port))
        warm.push(await call(running.port))
        // Idle until its connections have closed; the session is what is left of them.
        for (const since = performance.now(); distance.open() > 0 && performance.now() < since + 10_000; )
          await sleep(20)
        resumed.push(await call(running.port))
      } finally {
        await running.stop()
        distance.stop()
      }
    }
    const row = (name: string, values: readonly number[]) => [name, spreadText(spreadOf(values))]
    const rows = [
      row('new connection', cold),
      row('TLS session resumed', resumed),
      row('open connection', warm),
    ]
    return `${table(['', 'ms'], rows)}\n\nTCP's own round trip is not in it: the distance is made by a relay on this machine.`
  },
}

function startDistant(rig: Rig, distance: Distance): Promise<RunningSidecar> {
  return startSidecar(rig, {
    env: { BC_BASE_URL: `https://localhost:${distance.port}`, BC_KEEP_ALIVE_TIMEOUT_MS: '1000' },
  })
}

function call(port: number): Promise<number> {
  const startedAt = performance.now()
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: paths.small, agent: false }, (answer) => {
      if (answer.statusCode !== 200) reject(new Error(`it answered ${answer.statusCode}`))
      answer.resume().on('end', () => resolve(performance.now() - startedAt))
    }).on('error', reject)
  })
}
