import { spreadText, table } from '../rig/numbers.ts'
import { nginx, type Rig, type Subject, sidecar } from '../rig/proxies.ts'
import { type Measured, measureInRounds } from '../rig/rounds.ts'
import { paths } from '../rig/upstream.ts'
import type { Scale, Section } from './section.ts'

/** Whether a request costs more where there is more of everything. */
export const growth: Section = {
  name: 'growth',
  heading: 'Growth',
  async measure(rig, scale) {
    const rows: string[][] = []
    for (const connections of [1, 32, 256, 1_024]) {
      const more = sidecar(`${connections} connections`, { env: { BC_MAX_IN_FLIGHT: '2048' } })
      rows.push(...(await rowsOf(rig, scale, [more], connections)))
    }
    const rules = [0, 10, 1_000].map((count) => sidecar(`${count} BC_ALLOW rules`, { env: allowing(count) }))
    const many = [1, 10].map((count) =>
      sidecar(`${count} environment${count > 1 ? 's' : ''}`, { config: (ports) => yaml(rig, count, ports) }),
    )
    rows.push(...(await rowsOf(rig, scale, [...rules, ...many], 32)))
    return table(['', 'CPU per GET, µs', 'times nginx', 'requests per second'], rows)
  },
}

async function rowsOf(rig: Rig, scale: Scale, subjects: readonly Subject[], connections: number) {
  const rounds = Math.min(scale.rounds, 5)
  const [, ...ours] = await measureInRounds({
    ...scale,
    rounds,
    rig,
    subjects: [nginx, ...subjects],
    path: paths.small,
    connections,
    warmUpSeconds: 3,
  })
  return ours.map(cells)
}

function cells(one: Measured): string[] {
  return [one.name, spreadText(one.cpuMicros), spreadText(one.times, 2), one.perSecond.median.toFixed(0)]
}

function allowing(count: number): Record<string, string> {
  if (count === 0) return {}
  const rules = Array.from({ length: count - 1 }, (_, number) => `GET /api/v1/route-${number}/*/balances`)
  return { BC_ALLOW: [...rules, `GET ${paths.small}`].join(',') }
}

function yaml(rig: Rig, count: number, ports: { readonly apps: number; readonly admin: number }): string {
  const { ground, upstream } = rig
  const environments = Array.from(
    { length: count },
    (_, number) => `
  bench-${number}:
    baseUrl: https://localhost:${upstream.port}
    authorizationUrl: https://localhost:${upstream.authorizationPort}
    username: bench
    passwordFile: ${ground.file('password', 'bench')}
    certificateFile: ${ground.client.certificate}
    certificateKeyFile: ${ground.client.key}
    caFile: ${ground.ca}
    listen: ${number === 0 ? `127.0.0.1:${ports.apps}` : `unix:${ground.dir}/${number}.sock`}`,
  )
  return `adminListen: 127.0.0.1:${ports.admin}\nenvironments:${environments.join('')}\n`
}
