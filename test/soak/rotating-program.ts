import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { respond, startBank } from '../support/bank.ts'
import { createAuthority } from '../support/pki.ts'
import { type Program, startProgram } from '../support/program.ts'
import { writeCredentials } from '../support/sidecar.ts'
import { startContainer } from './container.ts'
import { everyContents, passphrase } from './credential-contents.ts'
import { createReplacedFile, type ReplacedFile } from './file-replacements.ts'
import type { Scope } from './scope.ts'
import { keepLedger, type Ledger } from './token-ledger.ts'
import { turnMeter } from './turns.ts'

export interface RotatingProgram {
  readonly file: ReplacedFile
  readonly makers: Awaited<ReturnType<typeof everyContents>>
  readonly ledger: Ledger
  readonly program: Omit<Program, 'pid'> & { pid(): number | Promise<number> }
  /** Of the certificate in use. */
  readonly status: () => Promise<{ readonly thumbprint: string | null; readonly lastError: string | null }>
}

/** The program as the image has it, or a container of an image, and its bank, with a certificate file to replace. */
export async function startRotatingProgram(
  scope: Scope,
  image: string | undefined,
): Promise<RotatingProgram> {
  const authority = await createAuthority()
  const bank = await startBank(scope.test, { authority })
  bank.api.handler = ({ response }) => respond(response, 201, { paymentId: 'p' })
  const ledger = keepLedger(bank)
  const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-soak-'))
  scope.test.teardown(() => rmSync(dir, { recursive: true, force: true }))
  // A container runs as a user of its own.
  chmodSync(dir, 0o755)
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
  const program =
    image === undefined ? startBundled(scope, env) : startContainer(scope.test, { image, dir, env })
  const makers = await everyContents(authority)
  const admin = await program.admin()
  return { file, makers, ledger, program, status: () => certificateStatus(admin) }
}

function startBundled({ test }: Scope, env: Record<string, string>): RotatingProgram['program'] {
  const program = startProgram(test, ['run'], { env, nodeOptions: turnMeter, bundled: true })
  return { ...program, pid: () => program.pid }
}

async function certificateStatus(admin: string): ReturnType<RotatingProgram['status']> {
  const { environments } = (await (await fetch(`${admin}/status`)).json()) as {
    environments: { test: { certificate: Awaited<ReturnType<RotatingProgram['status']>> } }
  }
  return environments.test.certificate
}
