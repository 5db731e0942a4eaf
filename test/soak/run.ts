import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { soak } from './soak.ts'

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    seed: { type: 'string' },
    rate: { type: 'string', default: '30' },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))
const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-soak-'))
const say = (text: string): void => void process.stdout.write(`${text}\n`)
say(`seed ${seed}, ${values.seconds} s, ${values.rate} requests a second`)
try {
  const failures = await soak({
    seconds: Number(values.seconds),
    ratePerSecond: Number(values.rate),
    seed,
    dir,
    say,
  })
  for (const failure of failures) say(`FAILED: ${failure}`)
  say(failures.length === 0 ? 'the soak passed' : `the soak failed; the same again: --seed ${seed}`)
  process.exitCode = failures.length === 0 ? 0 : 1
} finally {
  rmSync(dir, { recursive: true, force: true })
}
