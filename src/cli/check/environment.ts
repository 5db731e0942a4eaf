import { environmentOf } from '../../config/bank-environments.ts'
import type { EnvironmentSettings, OutboundProxy } from '../../config/schema.ts'
import { checkCertificate, checkDates } from './certificate.ts'
import { checkFiles } from './files.ts'
import { type Finding, ok, type Result, type Step, skipped } from './finding.ts'
import { checkNetwork } from './network.ts'

export interface EnvironmentOptions {
  readonly settings: EnvironmentSettings
  readonly outboundProxy: OutboundProxy | undefined
  readonly offline: boolean
  /** Milliseconds since 1970. */
  readonly wallNow: () => number
}

/** Every step, as soon as its result is known. What cannot be tried any more is skipped, not left out. */
export async function* checkEnvironment(options: EnvironmentOptions): AsyncGenerator<Result> {
  const { settings, outboundProxy, offline, wallNow } = options
  const line = (step: Step, finding: Finding): Result => ({ environment: settings.name, step, ...finding })
  yield line('configuration', ok(`API at ${settings.baseUrl}, tokens from ${settings.authorizationUrl}`))

  const files = await checkFiles(settings)
  yield line('files', files)
  const opened =
    files.outcome === 'failed' ? undefined : await checkCertificate(settings.credentials, wallNow)
  yield line('certificate', opened?.finding ?? skipped('not every file can be used'))
  const dates = opened?.set && checkDates(opened.set, wallNow())
  yield line('dates', dates ?? skipped('no certificate to look at'))

  if (offline) {
    yield line('network', skipped('not tried, because of --offline'))
    return
  }
  const set = dates?.outcome === 'failed' ? undefined : opened?.set
  const network = checkNetwork({ settings, outboundProxy, set, wallNow, other: otherThan(settings.baseUrl) })
  for await (const [step, finding] of network) yield line(step, finding)
}

/** The environment whose credentials are most likely to be used here by mistake. */
function otherThan(baseUrl: string): string {
  const others: Readonly<Record<string, string>> = { sandbox: 'production', production: 'the sandbox' }
  return (
    others[environmentOf(baseUrl) ?? ''] ?? 'another environment (sandbox against production, or the reverse)'
  )
}
