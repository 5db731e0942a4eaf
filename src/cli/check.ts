import { loadConfiguration } from '../config/load.ts'
import type { Configuration } from '../config/schema.ts'
import type { Arguments } from './arguments.ts'
import { checkEnvironment } from './check/environment.ts'
import type { Result } from './check/finding.ts'
import { documentOf, lineOf, summaryOf } from './check/report.ts'
import type { Process } from './command.ts'

export type CheckArguments = Pick<Arguments, 'config' | 'json' | 'offline'>

/**
 * The doctor: tries everything that `run` needs, one line each, and spends one token request for each environment.
 * 0 when nothing failed. Throws a `ConfigurationError`.
 */
export async function check(process: Process, given: CheckArguments): Promise<0 | 1> {
  const configuration = await loadConfiguration({ env: process.env, file: given.config })
  const results: Result[] = []
  for await (const result of resultsOf(configuration, given.offline)) {
    results.push(result)
    if (!given.json) process.stdout.write(lineOf(result, isColoured(process)))
  }
  process.stdout.write(given.json ? documentOf(results) : summaryOf(results))
  return results.some(({ outcome }) => outcome === 'failed') ? 1 : 0
}

async function* resultsOf(configuration: Configuration, offline: boolean): AsyncGenerator<Result> {
  const { environments, outboundProxy } = configuration
  for (const settings of environments) {
    yield* checkEnvironment({ settings, outboundProxy, offline, wallNow: Date.now })
  }
}

/** no-color.org: any value but the empty one switches colours off. */
function isColoured({ stdout, env }: Process): boolean {
  return stdout.isTTY && (env['NO_COLOR'] ?? '') === ''
}
