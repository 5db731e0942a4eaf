import { applyLoad } from '../rig/load.ts'
import { spreadOf, spreadText, table, times } from '../rig/numbers.ts'
import { least, nginx, others, sidecar, whileRunning } from '../rig/proxies.ts'
import { paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

const rate = 3_000
const direct = 'direct call'

interface Samples {
  readonly name: string
  readonly url: string
  readonly headers?: Record<string, string>
  readonly p50: number[]
  readonly p99: number[]
}

/** While others had their turn, connections to the upstream were closed, and heaps shrank: handshakes, and V8 growing again. */
const warmUpSeconds = 5

/** What a proxy adds to a call while nobody is short of CPU: a direct call in the same round is taken away. */
export const latency: Section = {
  name: 'latency',
  heading: 'Added latency at 3,000 requests per second, 32 connections',
  async measure(rig, { rounds, seconds }) {
    const subjects = [nginx, ...others, sidecar('bc-sidecar'), least]
    const authorization = `Bearer ${rig.ground.token}`
    const directUrl = `https://127.0.0.1:${rig.upstream.directPort}${paths.small}`
    const all: Samples[] = [{ name: direct, url: directUrl, headers: { authorization }, p50: [], p99: [] }]
    await whileRunning(rig, subjects, async (running) => {
      for (const [index, { port }] of running.entries()) {
        const name = subjects[index]?.name ?? ''
        all.push({ name, url: `http://127.0.0.1:${port}${paths.small}`, p50: [], p99: [] })
      }
      for (const one of all) await applyLoad(rig.ground, { ...one, connections: 32, seconds: 3 })
      for (let round = 0; round < rounds; round += 1)
        for (const one of all) {
          const load = { ...one, connections: 32, rate }
          await applyLoad(rig.ground, { ...load, seconds: warmUpSeconds })
          const outcome = await applyLoad(rig.ground, { ...load, seconds })
          one.p50.push(outcome.p50Micros)
          one.p99.push(outcome.p99Micros)
        }
    })
    return report(all)
  },
}

function report([base, ...proxied]: readonly Samples[]): string {
  const added = (one: Samples, what: 'p50' | 'p99') =>
    spreadOf(one[what].map((value, round) => value - (base?.[what][round] ?? 0)))
  const [first] = proxied
  if (base === undefined || first === undefined) throw new Error('nothing was measured')
  const rows = proxied.map((one) =>
    (['p50', 'p99'] as const).flatMap((what) => [
      spreadText(added(one, what), 0),
      times(added(one, what).median, added(first, what).median),
    ]),
  )
  const head = ['', 'added p50, µs', 'times nginx', 'added p99, µs', 'times nginx']
  const call = `A direct call takes ${spreadText(spreadOf(base.p50), 0)} µs at p50 and ${spreadText(spreadOf(base.p99), 0)} µs at p99.`
  return `${table(
    head,
    rows.map((cells, index) => [proxied[index]?.name ?? '', ...cells]),
  )}\n\n${call}`
}
