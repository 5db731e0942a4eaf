import { parseArgs } from 'node:util'
import { until } from '../support/until.ts'
import { openedBy } from './opened.ts'
import { startPaying } from './paying-clients.ts'
import { startRotatingProgram } from './rotating-program.ts'
import { type Rotation, report } from './rotation-report.ts'
import { openScope } from './scope.ts'
import { takeTurns } from './turns.ts'

const usage = `usage: npm run soak:rotations -- [--rotations N] [--image IMAGE]

Four clients pay back to back while the certificate is replaced, in every format and every way of replacing a file in turn; with
--image, on a volume that a container of that image has mounted. Exit 1 when a payment failed, certificate and token did not belong
together, or something was left open.`

const { values } = parseArgs({
  options: {
    rotations: { type: 'string', default: '100' },
    image: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
})

if (values.help) console.info(usage)
else process.exitCode = await soak(Number(values.rotations), values.image)

async function soak(count: number, image: string | undefined): Promise<0 | 1> {
  const scope = openScope()
  try {
    const { file, ledger, program, status, makers } = await startRotatingProgram(scope, image)
    const pid = await program.pid()
    const paying = startPaying({ scope, apps: await program.apps(), clients: 4, pauseMs: 0 })
    await until(() => paying.count() > 200, { timeoutMs: 60_000 })
    const rotations: Rotation[] = []
    let before = openedBy(pid)
    for (let round = 0; round < count; round++) {
      const make = makers[round % makers.length] as (typeof makers)[number]
      const { name, issued, bytes } = await make(round)
      // Those that were held up in this process, by the making of the file.
      const overtaken = paying.count() + 20
      await until(() => paying.count() > overtaken)
      await takeTurns(program)
      paying.takeSlowest()
      const startedAt = performance.now()
      const way = file.replace(bytes)
      const what = `${name}, ${way}`
      await until(async () => (await status()).thumbprint === issued.thumbprint, { what, timeoutMs: 40_000 })
      const appliedMs = Math.round(performance.now() - startedAt)
      const slowestPaymentMs = Math.round(paying.takeSlowest())
      rotations.push({ contents: name, way, appliedMs, slowestPaymentMs, ...(await takeTurns(program)) })
      // The first ones load what is loaded once.
      if (round === makers.length) before = openedBy(pid)
    }
    const after = openedBy(pid)
    await paying.stop()
    return report({ rotations, paying, ledger: ledger.report(), before, after, status: await status() })
  } finally {
    await scope.close()
  }
}
