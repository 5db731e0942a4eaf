import { spreadOf, spreadText, table } from '../rig/numbers.ts'
import { startSidecar } from '../rig/sidecar.ts'
import type { Section } from './section.ts'

/** From the start of the process to the first 200 of /livez; asked for every millisecond. */
export const startUp: Section = {
  name: 'start-up',
  heading: 'Start-up',
  async measure(rig, { rounds }) {
    const live: number[] = []
    const ready: number[] = []
    for (let round = -1; round < 2 * rounds; round += 1) {
      for (const [waitFor, kept] of [
        ['livez', live],
        ['startupz', ready],
      ] as const) {
        const startedAt = performance.now()
        const running = await startSidecar(rig, { waitFor })
        // The first round only brings the files into memory.
        if (round >= 0) kept.push(performance.now() - startedAt)
        await running.stop()
      }
    }
    const row = (name: string, values: readonly number[]) => [name, spreadText(spreadOf(values), 0)]
    return table(
      ['`node dist/main.js`', 'ms'],
      [row('to /livez', live), row('to /startupz: a token is held', ready)],
    )
  },
}
