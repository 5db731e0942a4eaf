import type { Test } from 'tap'
import type { Result } from '../../src/cli/check/finding.ts'
import { check } from '../../src/cli/check.ts'
import type { Process } from '../../src/cli/command.ts'
import { type BankOptions, startBank, type TestBank } from '../support/bank.ts'
import { type Authority, anyAuthority, type Issued } from '../support/pki.ts'

export interface Setup {
  readonly bank: TestBank
  readonly authority: Authority
  readonly client: Issued
  /** Sound, until a test breaks it. */
  readonly env: Record<string, string>
  /** The same with a PFX. */
  readonly pfxEnv: Record<string, string>
  readonly directory: string
}

const passphrase = 'open sesame 7'

/** A bank, and the files and variables that go with it. */
export async function setUp(
  t: Test,
  options: { bank?: Partial<BankOptions>; client?: Parameters<Authority['client']>[0] } = {},
): Promise<Setup> {
  const authority = await anyAuthority()
  const year = 365 * 86_400_000
  const client = await authority.client({ notAfter: new Date(Date.now() + year), ...options.client })
  const bank = await startBank(t, { authority, ...options.bank })
  const directory = t.testdir({
    'client.pfx': client.pfx(passphrase),
    'client.pem': client.certPem,
    'client-key.pem': client.keyPem,
    'ca.pem': authority.caPem,
    passphrase,
    username: `${bank.username}\n`,
    password: bank.password,
  })
  const env = {
    BC_ENVIRONMENT: 'test',
    BC_BASE_URL: bank.baseUrl,
    BC_AUTHORIZATION_URL: bank.authorizationUrl,
    BC_USERNAME_FILE: `${directory}/username`,
    BC_PASSWORD_FILE: `${directory}/password`,
    BC_CERTIFICATE_FILE: `${directory}/client.pem`,
    BC_CERTIFICATE_KEY_FILE: `${directory}/client-key.pem`,
    BC_CA_FILE: `${directory}/ca.pem`,
  }
  const { BC_CERTIFICATE_KEY_FILE: _, ...rest } = env
  const pfxEnv = {
    ...rest,
    BC_CERTIFICATE_FILE: `${directory}/client.pfx`,
    BC_CERTIFICATE_PASSPHRASE_FILE: `${directory}/passphrase`,
  }
  return { bank, authority, client, env, pfxEnv, directory }
}

export interface Outcome {
  readonly status: 0 | 1
  readonly output: string
}

/** Runs the doctor as the command line does. No output may hold a secret. */
export async function run(
  t: Test,
  env: Record<string, string>,
  given: { json?: boolean; offline?: boolean; config?: string; tty?: boolean } = {},
): Promise<Outcome> {
  const { json = false, offline = false, config, tty = false } = given
  let output = ''
  const stdout = { isTTY: tty, write: (text: string) => (output += text) }
  const process = { env: { ...env }, stdout } as unknown as Process
  const status = await check(process, { json, offline, config })
  for (const secret of [passphrase, 'pass wörd:1', 'api-user', 'proxy-secret', 'eyJ']) {
    t.notMatch(output, secret, 'no secret is printed')
  }
  return { status, output }
}

export interface Findings {
  readonly status: 0 | 1
  readonly results: readonly Result[]
  /** `step outcome`, in order. */
  readonly trail: readonly string[]
  /** The last result of a step. */
  readonly of: (step: Result['step']) => Result
}

/** The same from `--json`. */
export async function findings(
  t: Test,
  env: Record<string, string>,
  given: { offline?: boolean; config?: string } = {},
): Promise<Findings> {
  const { status, output } = await run(t, env, { ...given, json: true })
  const { ok, results } = JSON.parse(output) as { ok: boolean; results: Result[] }
  t.equal(ok, status === 0, 'the document and the exit status agree')
  for (const { outcome, cause, cure } of results) {
    const advised = outcome === 'failed' || outcome === 'warning'
    t.equal(
      typeof cause === 'string' && typeof cure === 'string',
      advised,
      'what is wrong has cause and cure',
    )
  }
  return {
    status,
    results,
    trail: results.map(({ step, outcome }) => `${step} ${outcome}`),
    of(step) {
      const found = results.filter((result) => result.step === step).at(-1)
      if (found === undefined) throw new Error(`no result of ${step}`)
      return found
    },
  }
}
