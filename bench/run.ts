import { parseArgs } from 'node:util'
import { openGround, requirePrograms } from './rig/ground.ts'
import { keepSection } from './rig/results.ts'
import { startUpstream } from './rig/upstream.ts'
import { firstRequest } from './sections/first-request.ts'
import { growth } from './sections/growth.ts'
import { latency } from './sections/latency.ts'
import { memory } from './sections/memory.ts'
import { quick } from './sections/quick.ts'
import { startUp } from './sections/start-up.ts'
import { get, post, streams } from './sections/throughput.ts'

// `npm run bench [-- --quick | SECTION…]`: see CONTRIBUTING.md. Every failed request fails it; no figure does.

const sections = [get, post, latency, streams, memory, startUp, firstRequest, growth]
const names = sections.map(({ name }) => name)

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    /** How often the proxies take turns, and for how long each time. */
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '3' },
    /** Prints, and leaves RESULTS.md alone. */
    'dry-run': { type: 'boolean', default: false },
  },
})

const unknown = positionals.find((name) => !names.includes(name))
if (unknown !== undefined) throw new Error(`no section is called ${unknown}; there are ${names.join(', ')}`)
requirePrograms(values.quick ? ['nginx', 'wrk', 'taskset'] : ['nginx', 'haproxy', 'caddy', 'wrk', 'taskset'])

const ground = await openGround()
const upstream = await startUpstream(ground)
try {
  if (values.quick) await quick({ ground, upstream })
  else {
    const chosen = sections.filter(({ name }) => positionals.length === 0 || positionals.includes(name))
    for (const { heading, measure } of chosen) {
      const scale = { rounds: Number(values.rounds), seconds: Number(values.seconds) }
      const text = await measure({ ground, upstream }, scale)
      console.log(`\n## ${heading}\n\n${text}`)
      if (!values['dry-run']) keepSection(heading, text)
    }
  }
} finally {
  await upstream.stop()
  ground.close()
}
