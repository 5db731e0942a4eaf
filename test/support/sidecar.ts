import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import { loadConfiguration } from '../../src/config/load.ts'
import { createLogger } from '../../src/logging.ts'
import { type Sidecar, type SidecarOptions, startSidecar } from '../../src/sidecar.ts'
import type { TestBank } from './bank.ts'
import type { Authority, Issued } from './pki.ts'
import { until } from './until.ts'

export interface StartOptions {
  readonly bank: TestBank
  readonly authority: Authority
  /** Default: one that the authority issues. */
  readonly client?: Issued
  /** More variables, or others. */
  readonly env?: Record<string, string>
  /** Default true: resolves once a token is held. */
  readonly ready?: boolean
  readonly fleetPatience?: SidecarOptions['fleetPatience']
}

export interface RunningSidecar {
  readonly sidecar: Sidecar
  /** Origin of the apps' listener. */
  readonly apps: string
  /** Origin of the admin listener. */
  readonly admin: string
  /** Where the credential files are. */
  readonly dir: string
  /** Every line of the log, parsed. */
  readonly lines: Record<string, unknown>[]
  /** The lines of finished requests. */
  readonly requests: () => Record<string, unknown>[]
}

/** The whole sidecar in this process, with real files and real sockets, against a test bank. */
export async function startTestSidecar(t: Test, options: StartOptions): Promise<RunningSidecar> {
  const { bank, authority, client = await authority.client({ name: 'client' }), ready = true } = options
  const { fleetPatience = {} } = options
  const dir = mkdtempSync(join(tmpdir(), 'bc-sidecar-test-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  const lines: Record<string, unknown>[] = []
  const env = { ...writeCredentials(dir, { bank, authority, client }), ...options.env }
  const configuration = await loadConfiguration({ env })
  const destination = { write: (line: string) => void lines.push(JSON.parse(line)) }
  const { log } = createLogger({ level: configuration.logLevel, format: 'json', destination })
  const sidecar = await startSidecar({ configuration, log, version: '0.0.0-test', fleetPatience })
  t.teardown(() => sidecar.kill())
  const { addresses } = sidecar
  const apps = originOf([...addresses.apps.values()][0] ?? '')
  const admin = originOf(addresses.admin)
  if (ready) await until(async () => (await fetch(`${admin}/startupz`)).ok)
  return {
    sidecar,
    apps,
    admin,
    dir,
    lines,
    requests: () => lines.filter(({ event }) => event === 'request'),
  }
}

export interface CredentialFiles {
  readonly bank: TestBank
  readonly authority: Authority
  readonly client: Issued
}

/** Writes the files of one environment, and gives the variables that name them. */
export function writeCredentials(
  dir: string,
  { bank, authority, client }: CredentialFiles,
): Record<string, string> {
  mkdirSync(dir, { recursive: true })
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(join(dir, name), content)
    return join(dir, name)
  }
  return {
    BC_ENVIRONMENT: 'test',
    BC_BASE_URL: bank.baseUrl,
    BC_AUTHORIZATION_URL: bank.authorizationUrl,
    BC_USERNAME_FILE: file('username', bank.username),
    BC_PASSWORD_FILE: file('password', bank.password),
    BC_CERTIFICATE_FILE: file('client.pem', client.chainPem),
    BC_CERTIFICATE_KEY_FILE: file('client-key.pem', client.keyPem),
    BC_CA_FILE: file('ca.pem', authority.caPem),
    BC_LISTEN: '127.0.0.1:0',
    BC_ADMIN_LISTEN: '127.0.0.1:0',
  }
}

function originOf(address: string): string {
  return address.startsWith('http') ? address : `http://${address}`
}
