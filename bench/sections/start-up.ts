import { startChild } from '../rig/child.ts'
import { cores } from '../rig/ground.ts'
import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import { naive, type Rig } from '../rig/proxies.ts'
import { startSidecar } from '../rig/sidecar.ts'
import type { Section } from './section.ts'

type Start = (rig: Rig) => Promise<{ stop(): Promise<void> }>

/** From the start of the process to the first 200, asked for every millisecond; what Node.js takes by itself beside it. */
const starts: Record<string, Start> = {
  'Node.js alone, to its end': startNode,
  '@fastify/http-proxy, naive, from source: until it listens': naive.start,
  'bc-sidecar, to /livez': (rig) => startSidecar(rig, { waitFor: 'livez' }),
  'bc-sidecar, to /startupz: a token is held': (rig) => startSidecar(rig, { waitFor: 'startupz' }),
}

export const startUp: Section = {
  name: 'start-up',
  heading: 'Start-up',
  async measure(rig, { rounds }) {
    const all = Object.entries(starts).map(([name, start]) => ({ name, start, times: [] as number[] }))
    for (let round = -1; round < 2 * rounds; round += 1)
      for (const { start, times } of all) {
        const startedAt = performance.now()
        const running = await start(rig)
        // The first round only brings the files into memory.
        if (round >= 0) times.push(performance.now() - startedAt)
        await running.stop()
      }
    return table(
      ['', 'ms'],
      all.map(({ name, times }) => [name, spreadText(spreadOf(times), 0)]),
    )
  },
}

async function startNode({ ground }: Rig): Promise<{ stop(): Promise<void> }> {
  const child = startChild({ command: [process.execPath, '-e', '0'], core: cores.proxy, cwd: ground.dir })
  await new Promise((resolve) => child.process.once('exit', resolve))
  return { stop: async () => undefined }
}
