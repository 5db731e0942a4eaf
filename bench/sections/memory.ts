import { setTimeout as sleep } from 'node:timers/promises'
import { applyLoad } from '../rig/load.ts'
import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import { nginx, others, type Rig, type Subject, sidecar } from '../rig/proxies.ts'
import { paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

/** Resident memory of the whole process tree, each state in a fresh process; under load, the most that was seen. */
export const memory: Section = {
  name: 'memory',
  heading: 'Memory',
  async measure(rig, { rounds, seconds }) {
    const subjects = [nginx, ...others, sidecar('bc-sidecar')]
    const rows: string[][] = []
    for (const subject of subjects) {
      const idle: number[] = []
      const busy: number[] = []
      const streaming: number[] = []
      for (let round = 0; round < Math.min(rounds, 3); round += 1) {
        const [first, second] = await watch(rig, subject, { path: paths.small, connections: 256, seconds })
        idle.push(first)
        busy.push(second)
        streaming.push((await watch(rig, subject, { path: paths.large, connections: 8, seconds }))[1])
      }
      rows.push([
        subject.name,
        ...[idle, busy, streaming].map((values) => spreadText(spreadOf(values.map(megabytes)), 0)),
      ])
    }
    return table(['', 'idle, MB', '256 connections, MB', 'eight 10 MB streams, MB'], rows)
  },
}

async function watch(
  rig: Rig,
  subject: Subject,
  { path, connections, seconds }: { path: string; connections: number; seconds: number },
): Promise<[idle: number, busy: number]> {
  const running = await subject.start(rig)
  try {
    const url = `http://127.0.0.1:${running.port}`
    await applyLoad(rig.ground, { url: url + paths.small, connections: 1, seconds: 1, rate: 10 })
    await sleep(1_000)
    const idle = running.residentBytes()
    let busy = 0
    const look = setInterval(() => {
      busy = Math.max(busy, running.residentBytes())
    }, 50)
    await applyLoad(rig.ground, { url: url + path, connections, seconds: 2 * seconds })
    clearInterval(look)
    return [idle, busy]
  } finally {
    await running.stop()
  }
}

function megabytes(bytes: number): number {
  return bytes / 1e6
}
