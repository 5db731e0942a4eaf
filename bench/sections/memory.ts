import { setTimeout as sleep } from 'node:timers/promises'
import { applyLoad } from '../rig/load.ts'
import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import { nginx, others, type Rig, type Running, type Subject, sidecar } from '../rig/proxies.ts'
import { paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

/** Resident memory of the whole process tree, each state in a fresh process; under load, the most that was seen. */
export const memory: Section = {
  name: 'memory',
  heading: 'Memory',
  async measure(rig, { rounds, seconds }) {
    const subjects = [nginx, ...others, sidecar('bc-sidecar')]
    const states = subjects.map(() => ({ idle: [], busy: [], streaming: [] }) as Record<State, number[]>)
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      const idle = await measureIdle(rig, subjects)
      for (const [index, subject] of subjects.entries()) {
        states[index]?.idle.push(idle[index] ?? Number.NaN)
        states[index]?.busy.push(
          await measureLoad(rig, subject, { path: paths.small, connections: 256, seconds }),
        )
        states[index]?.streaming.push(
          await measureLoad(rig, subject, { path: paths.large, connections: 8, seconds }),
        )
      }
    }
    const cells = ({ idle, busy, streaming }: Record<State, number[]>): string[] =>
      [idle, busy, streaming].map((values) => spreadText(spreadOf(values.map(megabytes)), 0))
    return table(
      ['', 'idle, MB', '256 connections, MB', 'eight 10 MB streams, MB'],
      states.map((one, index) => [subjects[index]?.name ?? '', ...cells(one)]),
    )
  },
}

type State = 'idle' | 'busy' | 'streaming'

/** A quarter of a minute after the last of ten requests: what starting up needed has been given back by then. */
async function measureIdle(rig: Rig, subjects: readonly Subject[]): Promise<number[]> {
  const running: Running[] = []
  try {
    for (const subject of subjects) {
      const one = await subject.start(rig)
      running.push(one)
      const url = `http://127.0.0.1:${one.port}${paths.small}`
      await applyLoad(rig.ground, { url, connections: 1, seconds: 1, rate: 10 })
    }
    await sleep(15_000)
    return running.map((one) => one.residentBytes())
  } finally {
    await Promise.all(running.map((one) => one.stop()))
  }
}

async function measureLoad(
  rig: Rig,
  subject: Subject,
  { path, connections, seconds }: { path: string; connections: number; seconds: number },
): Promise<number> {
  const running = await subject.start(rig)
  let most = 0
  const look = setInterval(() => {
    most = Math.max(most, running.residentBytes())
  }, 50)
  try {
    const url = `http://127.0.0.1:${running.port}${path}`
    await applyLoad(rig.ground, { url, connections, seconds: 2 * seconds })
    return most
  } finally {
    clearInterval(look)
    await running.stop()
  }
}

function megabytes(bytes: number): number {
  return bytes / 1e6
}
