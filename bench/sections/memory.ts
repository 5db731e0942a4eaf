import { setTimeout as sleep } from 'node:timers/promises'
import { applyLoad } from '../rig/load.ts'
import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import { nginx, others, type Rig, type Subject, sidecar, whileRunning } from '../rig/proxies.ts'
import { paths } from '../rig/upstream.ts'
import type { Section } from './section.ts'

/** Resident memory of the whole process tree, each state in a fresh process; under load, the most that was seen. */
export const memory: Section = {
  name: 'memory',
  heading: 'Memory',
  async measure(rig, { rounds, seconds }) {
    const subjects = [nginx, ...others, sidecar('bc-sidecar')]
    const states = subjects.map((subject) => ({
      subject,
      idle: noSamples(),
      busy: noSamples(),
      streaming: noSamples(),
    }))
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      const idle = await measureIdle(rig, subjects)
      for (const [index, one] of states.entries()) {
        one.idle.push(idle[index] ?? Number.NaN)
        one.busy.push(await measureLoad(rig, one.subject, { path: paths.small, connections: 256, seconds }))
        one.streaming.push(
          await measureLoad(rig, one.subject, { path: paths.large, connections: 8, seconds }),
        )
      }
    }
    const rows = states.map(({ subject, idle, busy, streaming }) => [
      subject.name,
      ...[idle, busy, streaming].map((values) => spreadText(spreadOf(values.map(megabytes)), 0)),
    ])
    return table(['', 'idle, MB', '256 connections, MB', 'eight 10 MB streams, MB'], rows)
  },
}

const noSamples = (): number[] => []

/** A quarter of a minute after the last of ten requests: what starting up needed has been given back by then. */
function measureIdle(rig: Rig, subjects: readonly Subject[]): Promise<number[]> {
  return whileRunning(rig, subjects, async (running) => {
    for (const { port } of running) {
      const url = `http://127.0.0.1:${port}${paths.small}`
      await applyLoad(rig.ground, { url, connections: 1, seconds: 1, rate: 10 })
    }
    await sleep(15_000)
    return running.map((one) => one.residentBytes())
  })
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
