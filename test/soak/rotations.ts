import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { respond, startBank } from '../support/bank.ts'
import { createAuthority } from '../support/pki.ts'
import { startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { until } from '../support/until.ts'
import { everyContents, passphrase } from './credential-contents.ts'
import { createReplacedFile } from './file-replacements.ts'
import { type PayingClients, startPaying } from './paying-clients.ts'
import { openScope, type Scope } from './scope.ts'
import { keepLedger } from './token-ledger.ts'
import { type Turns, takeTurns, turnMeter } from './turns.ts'

const usage = `usage: npm run soak:rotations -- [--rotations N]

Four clients pay back to back while the certificate is replaced, in every format and every way of replacing a file in turn. Exit 1
when a payment failed, certificate and token did not belong together, or something was left open.`

const { values } = parseArgs({
  options: { rotations: { type: 'string', default: '100' }, help: { type: 'boolean', default: false } },
})

if (values.help) console.info(usage)
else process.exitCode = await soak(Number(values.rotations))

interface Rotation extends Turns {
  readonly contents: string
  readonly way: string
  readonly appliedMs: number
  readonly slowestPaymentMs: number
}

async function soak(count: number): Promise<0 | 1> {
  const scope = openScope()
  try {
    const { file, ledger, program, status, makers } = await start(scope)
    const paying = startPaying({ scope, apps: await program.apps(), clients: 4, pauseMs: 0 })
    await until(() => paying.count() > 200)
    const rotations: Rotation[] = []
    let before = openedBy(program.pid)
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
      await until(async () => (await status()).thumbprint === issued.thumbprint, { what: `${name}, ${way}` })
      const appliedMs = Math.round(performance.now() - startedAt)
      const slowestPaymentMs = Math.round(paying.takeSlowest())
      rotations.push({ contents: name, way, appliedMs, slowestPaymentMs, ...(await takeTurns(program)) })
      // The first ones load what is loaded once.
      if (round === makers.length) before = openedBy(program.pid)
    }
    const after = openedBy(program.pid)
    await paying.stop()
    return report({ rotations, paying, ledger: ledger.report(), before, after, status: await status() })
  } finally {
    await scope.close()
  }
}

async function start(scope: Scope) {
  const authority = await createAuthority()
  const bank = await startBank(scope.test, { authority })
  bank.api.handler = ({ response }) => respond(response, 201, { paymentId: 'p' })
  const ledger = keepLedger(bank)
  const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-soak-'))
  scope.test.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const client = await authority.client()
  const file = createReplacedFile(dir, 'client', client.chainPem + client.keyPem)
  writeFileSync(join(dir, 'passphrase'), passphrase)
  const { BC_CERTIFICATE_KEY_FILE: _, ...others } = writeCredentials(dir, { bank, authority, client })
  const env = {
    ...others,
    BC_CERTIFICATE_FILE: file.path,
    BC_CERTIFICATE_PASSPHRASE_FILE: join(dir, 'passphrase'),
    BC_TOKEN_REQUESTS_PER_MINUTE: '600',
  }
  const program = startProgram(scope.test, ['run'], { env, nodeOptions: turnMeter, built: true })
  const admin = await program.admin()
  const status = async () => {
    const answer = (await (await fetch(`${admin}/status`)).json()) as {
      environments: { test: { certificate: { thumbprint: string | null; lastError: string | null } } }
    }
    return answer.environments.test.certificate
  }
  return { file, ledger, program, status, makers: await everyContents(authority) }
}

interface Opened {
  readonly descriptors: number
  readonly threads: number
  readonly residentMb: number
}

function openedBy(pid: number): Opened {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
  return {
    descriptors: readdirSync(`/proc/${pid}/fd`).length,
    threads: field('Threads'),
    residentMb: Math.round(field('VmRSS') / 1024),
  }
}

interface Outcome {
  readonly rotations: readonly Rotation[]
  readonly paying: PayingClients
  readonly ledger: ReturnType<ReturnType<typeof keepLedger>['report']>
  readonly before: Opened
  readonly after: Opened
  readonly status: { readonly lastError: string | null }
}

function report({ rotations, paying, ledger, before, after, status }: Outcome): 0 | 1 {
  const by = (key: 'contents' | 'way') =>
    Object.fromEntries(
      [...new Set(rotations.map((rotation) => rotation[key]))].map((name) => {
        const group = rotations.filter((rotation) => rotation[key] === name)
        return [name, mostOf(group)]
      }),
    )
  const { longestTurnMs, heldUpMs } = mostOf(rotations)
  const payments = {
    sent: paying.count(),
    failed: paying.failures.length,
    slowestMs: Math.round(paying.slowestMs),
  }
  const contents = by('contents')
  console.info(
    JSON.stringify(
      {
        rotations: rotations.length,
        payments,
        longestTurnMs,
        heldUpMs,
        ledger,
        contents,
        ways: by('way'),
        before,
        after,
      },
      null,
      2,
    ),
  )
  const closed = after.descriptors <= before.descriptors + 8 && after.threads <= before.threads + 1
  const good = paying.failures.length === 0 && ledger.foreign === 0 && closed && status.lastError === null
  if (!good)
    console.error('broken promises', JSON.stringify({ closed, failures: paying.failures.slice(0, 20) }))
  return good ? 0 : 1
}

function mostOf(rotations: readonly Rotation[]) {
  const most = (field: 'appliedMs' | 'slowestPaymentMs' | 'longestTurnMs' | 'heldUpMs') =>
    Math.max(...rotations.map((rotation) => rotation[field]))
  return {
    appliedMs: most('appliedMs'),
    slowestPaymentMs: most('slowestPaymentMs'),
    longestTurnMs: most('longestTurnMs'),
    heldUpMs: most('heldUpMs'),
  }
}
